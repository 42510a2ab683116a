-- Grain: one row per source: its verdict and since when it has been so.
-- Reads: freshness
-- A stale source has been so since its newest period grew too old; one that fails, since it last answered.
select
    substr(subject, 8) as source_id,
    verdict,
    case verdict
        when 'stale' then newest_period + max_age_days + 1
        when 'failed' then cast(last_looked as date)
    end as since,
    last_looked,
    detail
from freshness
where starts_with(subject, 'source:')
order by coalesce(list_position(['failed', 'stale', 'unknown', 'not_configured'], verdict), 5), subject
