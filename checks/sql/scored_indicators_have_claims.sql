-- Severity: warning
-- Target: claim
-- Rule: every scored indicator has at least one claim.
-- Grain: one row per indicator without any.
-- Reads: indicator, claim
select
    indicator.tracker_id,
    indicator.indicator_id
from indicator
left join claim
    on indicator.tracker_id = claim.tracker_id and indicator.indicator_id = claim.indicator_id
where indicator.scored and claim.claim_id is null
