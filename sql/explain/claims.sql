-- Grain: one row per claim of the indicator known at the as-of date, pooled ones first.
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
    claim.happened_from,
    claim.searched_until,
    claim.planned_for,
    claim.speaker,
    claim.source_name,
    claim.source_url,
    claim.reliability || claim.credibility as grade,
    claim.reliability_value,
    claim.status,
    claim.published_on,
    claim.superseded_by,
    claim.held,
    reading_claim.pool_weight
from claim
left join reading_claim
    on
        claim.tracker_id = reading_claim.tracker_id
        and claim.claim_id = reading_claim.claim_id
        and reading_claim.as_of = $as_of
where claim.tracker_id = $tracker and claim.indicator_id = $indicator and claim.published_on <= $as_of
order by reading_claim.pool_weight desc nulls last, claim.published_on desc, claim.claim_id asc
