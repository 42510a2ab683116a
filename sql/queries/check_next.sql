-- Question: What should an analyst go and check next?
-- Columns: tracker_id, rank, indicator_id, title, next_due, priority, reason
-- Parameters: at_most = 10
select
    priority.tracker_id,
    priority.rank,
    priority.indicator_id,
    indicator.title,
    priority.next_due,
    priority.priority,
    priority.reason
from collection_priority as priority
inner join indicator
    on priority.tracker_id = indicator.tracker_id and priority.indicator_id = indicator.indicator_id
where priority.rank <= $at_most
order by priority.tracker_id, priority.rank
