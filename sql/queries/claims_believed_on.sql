-- Question: Which claims stood on a day, each in the version known by then?
-- Columns: tracker_id, indicator_id, claim_id, kind, value, published_on, speaker, grade
-- Parameters: day = 2026-03-01
select
    claim.tracker_id,
    claim.indicator_id,
    claim.claim_id,
    claim.kind,
    claim.value,
    claim.published_on,
    claim.speaker,
    claim.reliability || claim.credibility as grade
from claims_as_of($day) as claim
order by claim.tracker_id asc, claim.indicator_id asc, claim.published_on desc, claim.claim_id asc
