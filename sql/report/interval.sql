-- Grain: one row per scenario: the middle nine tenths of its probability if every stated number is moved by its doubt.
-- Reads: probability_interval
select
    scenario_id,
    p05,
    p50,
    p95,
    share_leading
from probability_interval
where tracker_id = $tracker and as_of = $as_of
order by scenario_id
