-- Question: What must one know before using the values of each indicator?
-- Columns: tracker_id, indicator_id, usage_warning, caution
select
    indicator.tracker_id,
    indicator.indicator_id,
    indicator.usage_warning,
    indicator.caution
from indicator
where coalesce(indicator.usage_warning, indicator.caution) is not null
order by indicator.tracker_id, indicator.indicator_id
