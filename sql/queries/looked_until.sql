-- Question: Until when was each indicator looked for, and how many leads wait?
-- Columns: tracker_id, indicator_id, looked_until, cadence_days, leads_waiting, recall_found, recall_tried
select
    tracker_id,
    indicator_id,
    looked_until,
    cadence_days,
    leads_waiting,
    recall_found,
    recall_tried
from watch
order by looked_until nulls first, tracker_id, indicator_id
