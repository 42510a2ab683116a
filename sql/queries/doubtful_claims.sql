-- Question: Which claims are disputed, unverified, estimated, preliminary or withdrawn, and are they used all the same?
-- Columns: tracker_id, indicator_id, claim_id, status, speaker, pool_weight
select
    claim.tracker_id,
    claim.indicator_id,
    claim.claim_id,
    claim.status,
    claim.speaker,
    pooled.pool_weight
from claim
left join latest_reading_claim as pooled
    on claim.tracker_id = pooled.tracker_id and claim.claim_id = pooled.claim_id
where claim.status in ('disputed', 'unverified', 'estimated', 'preliminary', 'withdrawn')
order by claim.status, claim.tracker_id, claim.claim_id
