-- Grain: one row per tracker whose alarm "no scenario fits" is on.
-- Reads: surprise, as_of_date
select distinct surprise.tracker_id
from surprise
inner join as_of_date
    on surprise.tracker_id = as_of_date.tracker_id and surprise.as_of = as_of_date.as_of and as_of_date.is_latest
where surprise.alarm
