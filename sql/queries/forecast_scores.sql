-- Question: How good were the forecasts that have fallen due, beside the prior's and each scenario's?
-- Columns: tracker_id, forecaster, n_resolved, n_pending, n_void, brier, log_score, crps
select
    tracker_id,
    forecaster,
    count(*) filter (where outcome in ('came_true', 'did_not', 'measured')) as n_resolved,
    count(*) filter (where outcome = 'pending') as n_pending,
    count(*) filter (where outcome = 'void') as n_void,
    avg(brier) as brier,
    avg(log_score) as log_score,
    avg(crps) as crps
from resolved_forecast
group by all
order by tracker_id, brier, forecaster
