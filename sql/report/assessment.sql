-- Grain: one row per scenario: how an indicator's reading fits it, and what it adds to the odds.
-- Reads: assessment, prediction
select
    assessment.scenario_id,
    prediction.type,
    prediction.claim,
    assessment.status,
    assessment.fit,
    assessment.decibans,
    assessment.contribution,
    assessment.cell,
    assessment.needed_growth
from assessment
left join prediction
    on
        assessment.tracker_id = prediction.tracker_id
        and assessment.indicator_id = prediction.indicator_id
        and assessment.scenario_id = prediction.scenario_id
where
    assessment.tracker_id = $tracker
    and assessment.as_of = $as_of
    and assessment.indicator_id = $indicator
order by assessment.scenario_id
