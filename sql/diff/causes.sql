-- Grain: one row per part of a move since the release before, largest first.
-- Reads: change
select
    cause,
    indicator_id,
    scenario_id,
    move
from change
where previous_release_id = $previous and abs(move) >= 0.00005
order by abs(move) desc, cause asc, indicator_id asc, scenario_id asc
