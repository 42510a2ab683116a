-- Question: Which rows were rejected, and why?
-- Columns: tracker_id, indicator_id, source_id, row_number, reason, raw
select
    quarantine.tracker_id,
    quarantine.indicator_id,
    quarantine.source_id,
    quarantine.row_number,
    quarantine.reason,
    quarantine.raw
from quarantine
order by quarantine.source_id, quarantine.sha256, quarantine.row_number
