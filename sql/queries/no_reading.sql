-- Question: Which indicators have no reading to score, and why: not due, not recorded, never asked, not searched?
-- Columns: tracker_id, indicator_id, title, missing_reason
select
    reading.tracker_id,
    reading.indicator_id,
    indicator.title,
    reading.missing_reason
from latest_reading as reading
inner join indicator
    on reading.tracker_id = indicator.tracker_id and reading.indicator_id = indicator.indicator_id
where reading.missing_reason is not null
order by reading.tracker_id, reading.missing_reason, reading.indicator_id
