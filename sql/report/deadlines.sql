-- Grain: one row per indicator, scenario and date to come on which a prediction changes its word.
-- Reads: deadline
select
    indicator_id,
    scenario_id,
    date,
    becomes,
    if_what,
    threshold
from deadline
where tracker_id = $tracker and date >= $as_of
order by date, indicator_id, scenario_id
