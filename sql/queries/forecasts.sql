-- Question: What does the method forecast of each indicator, and what would the prior alone have said?
-- Columns: tracker_id, indicator_id, date, quantity, method, prior, as_last_year
with newest as (
    select
        *,
        frozen_on = max(frozen_on) over (partition by tracker_id) as is_newest
    from forecast
)

select
    tracker_id,
    indicator_id,
    date,
    quantity,
    max(value) filter (where forecaster = 'method') as method,
    max(value) filter (where forecaster = 'prior') as prior,
    max(value) filter (where forecaster = 'as_last_year') as as_last_year
from newest
where is_newest
group by all
order by tracker_id, indicator_id, date, quantity
