-- Grain: one row per ledger claim that is not in the warehouse yet.
-- Reads: candidate_ledger, claim_version
-- A ledger row is known by its claim_id: it is appended once and never edited.
select
    candidate.*,
    cast(null as double) as revision_share
from candidate_ledger as candidate
left join claim_version as known
    on candidate.tracker_id = known.tracker_id and candidate.claim_id = known.claim_id
where known.claim_id is null
