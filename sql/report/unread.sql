-- Grain: one row per outside source that could not be read or was never asked.
-- Reads: freshness
select
    subject,
    verdict,
    last_looked,
    detail
from freshness
where
    subject like 'source:%'
    and subject <> 'source:ledger'
    and (last_looked is null or verdict = 'failed')
order by subject
