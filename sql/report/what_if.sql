-- Grain: one row per reading that may be supposed, and named hypothesis.
-- Reads: what_if
select
    indicator_id,
    position,
    supposed,
    scenario_id,
    onset,
    log_ratio,
    log_ratio_contaminated,
    z,
    weight
from what_if
where tracker_id = $tracker
order by indicator_id, position, scenario_id, onset
