-- Question: Which indicators does nobody report any more, and since when?
-- Columns: tracker_id, indicator_id, title, newest_period, age_days, verdict
select
    indicator.tracker_id,
    indicator.indicator_id,
    indicator.title,
    freshness.newest_period,
    freshness.age_days,
    freshness.verdict
from indicator
inner join freshness
    on indicator.tracker_id = freshness.tracker_id and freshness.subject = 'indicator:' || indicator.indicator_id
where freshness.verdict <> 'fresh'
order by freshness.age_days desc nulls first, indicator.tracker_id asc, indicator.indicator_id asc
