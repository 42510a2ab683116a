-- Grain: one row: scored indicators, those with a reading in the odds at the as-of date, and those that are fresh.
-- Reads: indicator, reading, freshness
select
    'coverage' as what,
    count(*) as scored,
    count(*) filter (where reading.scored) as with_reading,
    count(*) filter (where reading.scored and freshness.verdict = 'fresh') as fresh
from indicator
left join reading
    on
        indicator.tracker_id = reading.tracker_id
        and indicator.indicator_id = reading.indicator_id
        and reading.as_of = $as_of
left join freshness
    on
        indicator.tracker_id = freshness.tracker_id
        and freshness.subject = 'indicator:' || indicator.indicator_id
where indicator.tracker_id = $tracker and indicator.scored
