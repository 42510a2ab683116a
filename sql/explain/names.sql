-- Grain: one row per indicator of the tracker.
-- Reads: indicator
select indicator_id
from indicator
where tracker_id = $tracker
order by indicator_id
