-- Grain: one row per source of one release that is not fresh.
-- Reads: freshness
select
    substr(subject, 8) as source_id,
    verdict,
    detail
from freshness
where starts_with(subject, 'source:') and verdict <> 'fresh'
order by verdict, subject
