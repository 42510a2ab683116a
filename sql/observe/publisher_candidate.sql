-- Grain: one row per value that a publisher's documents at hand carry, keyed by what it speaks about.
-- Reads: candidate
select
    *,
    concat_ws(
        '|',
        indicator_id,
        kind,
        source_id,
        scope,
        coalesce(cast(period_start as varchar), ''),
        coalesce(cast(period_end as varchar), ''),
        coalesce(category, '')
    ) as claim_key
from candidate
where source_id <> 'ledger'
