-- Grain: one row per claim pooled into a reading at the release's own date, with who says it.
-- Reads: latest_reading_claim, claim
select distinct
    pooled.tracker_id,
    pooled.indicator_id,
    pooled.claim_id,
    claim.speaker
from latest_reading_claim as pooled
inner join claim on pooled.tracker_id = claim.tracker_id and pooled.claim_id = claim.claim_id
order by pooled.tracker_id, pooled.indicator_id, pooled.claim_id
