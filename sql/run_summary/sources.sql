-- Grain: one row per publisher and verdict.
-- Reads: freshness
select
    replace(subject, 'source:', '') as source_id,
    verdict,
    detail
from freshness
where starts_with(subject, 'source:')
order by source_id
