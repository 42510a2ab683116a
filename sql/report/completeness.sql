-- Grain: one row of the indicator: the share of the events that its list is thought to hold.
-- Reads: list_completeness
select sum(q * weight) as mean_share
from list_completeness
where tracker_id = $tracker and as_of = $as_of and indicator_id = $indicator
having count(*) > 0
