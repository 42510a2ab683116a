-- Grain: one row per storyline and named hypothesis: the luck that its readings share.
-- Reads: shared_luck
select
    group_id,
    scenario_id,
    onset,
    n_readings,
    z_sum,
    z_square_sum,
    log_correction
from shared_luck
where tracker_id = $tracker and as_of = $as_of
order by group_id, scenario_id, onset
