-- Grain: one row per claim that is held until somebody accepts it.
-- Reads: claim
select
    tracker_id,
    indicator_id,
    claim_id
from claim
where held and status <> 'withdrawn' and superseded_by is null
order by tracker_id, indicator_id, claim_id
