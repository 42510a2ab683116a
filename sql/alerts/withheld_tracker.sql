-- Grain: one row per tracker that this release could not bring up to date.
-- Reads: withheld_tracker
-- The key carries the cause, so that each is sent once and another one again.
select
    tracker_id,
    cast(null as varchar) as scenario_id,
    'withheld' as kind,
    'critical' as severity,
    cast(null as varchar) as indicator_id,
    'Tracker ' || tracker_id || ' is held back, the others are released. ' || string_split(reason, chr(10))[1]
    || ' Mend what it names and run `signposts run`; until then the tracker stands as it did in the last good release'
        as message,
    concat_ws(':', 'withheld', tracker_id, substr(md5(reason), 1, 8)) as alert_key
from withheld_tracker
