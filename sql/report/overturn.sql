-- Grain: one row per tracker: the smallest single reading that changes the leading scenario.
-- Reads: overturn
select
    leading_scenario_id,
    indicator_id,
    reading,
    value,
    date,
    new_leading_scenario_id,
    new_posterior
from overturn
where tracker_id = $tracker
