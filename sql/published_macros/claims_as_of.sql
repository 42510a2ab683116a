-- Grain: one row per claim that was published by the day and stood on it: its newest version then, unless withdrawn.
-- Reads: claim
-- For example: from claims_as_of('2026-03-01') where indicator_id = '...'
-- Parameters: day
select claim.*
from claim
where claim.published_on <= cast($day as date) and not coalesce(claim.held, false)
qualify
    claim.status <> 'withdrawn'
    and row_number() over (partition by claim.tracker_id, claim.first_claim_id order by claim.version desc) = 1
