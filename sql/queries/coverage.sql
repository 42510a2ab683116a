-- Question: How many scored indicators of each domain have a reading in the odds, and how many of those are fresh?
-- Columns: tracker_id, domain, scored, with_reading, fresh
select
    indicator.tracker_id,
    indicator.domain,
    count(*) as scored,
    count(*) filter (where reading.scored) as with_reading,
    count(*) filter (where reading.scored and freshness.verdict = 'fresh') as fresh
from indicator
left join latest_reading as reading
    on indicator.tracker_id = reading.tracker_id and indicator.indicator_id = reading.indicator_id
left join freshness
    on indicator.tracker_id = freshness.tracker_id and freshness.subject = 'indicator:' || indicator.indicator_id
where indicator.scored
group by indicator.tracker_id, indicator.domain
order by indicator.tracker_id, indicator.domain
