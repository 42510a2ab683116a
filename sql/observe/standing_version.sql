-- Grain: one row per key of a publisher's claims: the newest version of each, held or not.
-- Reads: claim_version
select *
from claim_version
where source_id <> 'ledger'
qualify
    row_number() over (
        partition by tracker_id, indicator_id, kind, source_id, scope, period_start, period_end, category
        order by recorded_at desc, claim_id desc
    ) = 1
