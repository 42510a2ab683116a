-- Grain: one row per variant and scenario at the newest as-of date.
-- Reads: scenario_probability, as_of_date
select scenario_probability.*
from scenario_probability
inner join as_of_date
    on scenario_probability.tracker_id = as_of_date.tracker_id and scenario_probability.as_of = as_of_date.as_of
where as_of_date.is_latest
