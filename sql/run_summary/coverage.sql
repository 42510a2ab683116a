-- Grain: one row per tracker: how many of the scored indicators have a reading, and how many of those are fresh.
-- Reads: indicator, latest_reading, freshness
select
    indicator.tracker_id,
    count(*) as scored,
    count(*) filter (where reading.scored) as with_reading,
    count(*) filter (where reading.scored and freshness.verdict = 'fresh') as fresh
from indicator
left join latest_reading as reading
    on indicator.tracker_id = reading.tracker_id and indicator.indicator_id = reading.indicator_id
left join freshness
    on indicator.tracker_id = freshness.tracker_id and freshness.subject = 'indicator:' || indicator.indicator_id
where indicator.scored
group by indicator.tracker_id
order by indicator.tracker_id
