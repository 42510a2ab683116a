-- Grain: one row per named scenario: how ordinary the readings are if it were the true one.
-- Reads: surprise
select
    scenario_id,
    surprise,
    alarm
from surprise
where tracker_id = $tracker and as_of = $as_of
order by scenario_id
