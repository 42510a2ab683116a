-- Grain: one row per day frozen, indicator and date that the method forecast: its middle, how sure, and what came.
-- Reads: forecast, resolved_forecast
select
    resolved_forecast.indicator_id,
    resolved_forecast.date,
    resolved_forecast.frozen_on,
    resolved_forecast.outcome,
    resolved_forecast.observed,
    resolved_forecast.brier,
    resolved_forecast.log_score,
    resolved_forecast.void_reason,
    max(forecast.value) filter (where forecast.quantity = 'probability') as probability,
    max(forecast.value) filter (where forecast.quantity = 'p05') as p05,
    max(forecast.value) filter (where forecast.quantity = 'p95') as p95
from resolved_forecast
inner join forecast
    on
        resolved_forecast.tracker_id = forecast.tracker_id
        and resolved_forecast.indicator_id = forecast.indicator_id
        and resolved_forecast.date = forecast.date
        and resolved_forecast.forecaster = forecast.forecaster
        and resolved_forecast.frozen_on = forecast.frozen_on
where resolved_forecast.tracker_id = $tracker and resolved_forecast.forecaster = 'method'
group by all
order by resolved_forecast.date, resolved_forecast.indicator_id, resolved_forecast.frozen_on
