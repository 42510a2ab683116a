-- Question: Which indicators are shown but never scored, and why?
-- Columns: tracker_id, indicator_id, role, why_not_scored
select
    indicator.tracker_id,
    indicator.indicator_id,
    indicator.role,
    indicator.why_not_scored
from indicator
where not indicator.scored
order by indicator.tracker_id, indicator.role, indicator.indicator_id
