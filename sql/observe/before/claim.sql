-- Grain: one row per claim that the release before holds and had published by its own date, held or not as it was then.
-- Reads: claim, released_claim
-- Compared with the release itself, since a claim can be recorded with a date in the past.
select claim.* replace (released.held as held)
from main.claim as claim
inner join main.released_claim as released
    on claim.tracker_id = released.tracker_id and claim.claim_id = released.claim_id
where claim.published_on <= $as_of
