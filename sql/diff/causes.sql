-- Grain: one row per part of the moves since the release before.
-- Reads: change
select
    tracker_id,
    cause,
    indicator_id,
    scenario_id,
    move
from change
order by tracker_id, cause, indicator_id, scenario_id
