-- Grain: one row per source: verdict, when it last answered, and why.
-- Reads: freshness
select
    replace(subject, 'source:', '') as source_id,
    verdict,
    last_looked,
    detail
from freshness
where starts_with(subject, 'source:')
order by case verdict when 'failed' then 0 when 'stale' then 1 when 'unknown' then 2 else 3 end, subject
