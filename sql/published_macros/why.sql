-- Grain: one row per claim pooled into the indicator's newest reading, and named scenario; at least one a scenario.
-- Reads: latest_reading, latest_reading_claim, claim, latest_assessment
-- For example: from why('indicator')
-- Parameters: indicator
select
    reading.tracker_id,
    reading.indicator_id,
    reading.as_of,
    reading.reading_date,
    reading.value as reading_value,
    reading.category as reading_category,
    reading.missing_reason,
    pooled.claim_id,
    claim.speaker,
    claim.source_url,
    claim.published_on,
    claim.reliability || claim.credibility as grade,
    pooled.pool_weight,
    assessment.scenario_id,
    assessment.status,
    assessment.decibans,
    assessment.contribution
from latest_reading as reading
left join latest_reading_claim as pooled
    on reading.tracker_id = pooled.tracker_id and reading.indicator_id = pooled.indicator_id
left join claim on pooled.tracker_id = claim.tracker_id and pooled.claim_id = claim.claim_id
left join latest_assessment as assessment
    on reading.tracker_id = assessment.tracker_id and reading.indicator_id = assessment.indicator_id
where reading.indicator_id = $indicator
order by reading.tracker_id asc, pooled.pool_weight desc, pooled.claim_id asc, assessment.scenario_id asc
