-- Grain: one row per indicator and named scenario: a cell of the evidence matrix.
-- Reads: assessment, indicator
select
    indicator.domain,
    assessment.indicator_id,
    assessment.scenario_id,
    assessment.status,
    assessment.decibans,
    assessment.contribution,
    assessment.cell,
    assessment.bits
from assessment
inner join indicator
    on assessment.tracker_id = indicator.tracker_id and assessment.indicator_id = indicator.indicator_id
where assessment.tracker_id = $tracker and assessment.as_of = $as_of
order by indicator.domain, assessment.indicator_id, assessment.scenario_id
