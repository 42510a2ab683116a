-- Grain: one row per scenario with an onset: the probability that it holds and has begun, and that it is still to come.
-- Reads: begun
select
    scenario_id,
    begun,
    not_begun
from begun
where tracker_id = $tracker and as_of = $as_of
order by scenario_id
