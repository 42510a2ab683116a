-- Question: Which revisions are held back until somebody accepts them, and how far do they reach?
-- Columns: tracker_id, indicator_id, claim_id, corrects, value, revision_share, source_url
select
    claim.tracker_id,
    claim.indicator_id,
    claim.claim_id,
    claim.corrects,
    claim.value,
    claim.revision_share,
    claim.source_url
from claim
where claim.held and claim.superseded_by is null
order by claim.revision_share desc, claim.tracker_id asc, claim.claim_id asc
