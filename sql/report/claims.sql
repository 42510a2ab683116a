-- Grain: one row per version of a claim about an indicator, newest period first.
-- Reads: claim, reading_claim
select
    claim.claim_id,
    claim.kind,
    claim.period_start,
    claim.period_end,
    claim.value,
    claim.value_low,
    claim.value_high,
    claim.category,
    claim.source_name,
    claim.source_url,
    claim.reliability,
    claim.credibility,
    claim.status,
    claim.published_on,
    claim.superseded_by,
    claim.sha256,
    reading_claim.pool_weight
from claim
left join reading_claim
    on
        claim.tracker_id = reading_claim.tracker_id
        and claim.claim_id = reading_claim.claim_id
        and reading_claim.as_of = $as_of
where claim.tracker_id = $tracker and claim.indicator_id = $indicator
order by claim.period_end desc nulls last, claim.claim_id asc
