-- Grain: one row per as-of date, group and named hypothesis.
-- Reads: group_evidence
select
    tracker_id,
    as_of,
    group_id,
    scenario_id,
    onset,
    n_readings,
    z_sum,
    z_square_sum,
    luck as log_correction
from group_evidence
where subset = 'all' and left_out is null
order by all
