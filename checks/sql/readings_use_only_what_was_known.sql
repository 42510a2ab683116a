-- Severity: critical
-- Target: reading
-- Rule: a reading at a date uses no claim published after it, none that is held, none that was withdrawn.
-- Grain: one row per claim wrongly pooled.
-- Reads: reading_claim, claim
select
    reading_claim.tracker_id,
    reading_claim.as_of,
    reading_claim.indicator_id,
    reading_claim.claim_id,
    claim.published_on,
    claim.held,
    claim.status
from reading_claim
inner join claim
    on reading_claim.tracker_id = claim.tracker_id and reading_claim.claim_id = claim.claim_id
where claim.published_on > reading_claim.as_of or claim.held or claim.status = 'withdrawn'
