-- Grain: one row per indicator a scenario speaks about: its prediction and how it fares.
-- Reads: prediction, assessment
select
    prediction.indicator_id,
    prediction.claim,
    prediction.basis,
    assessment.status,
    assessment.decibans,
    assessment.contribution
from prediction
left join assessment
    on
        prediction.tracker_id = assessment.tracker_id
        and prediction.indicator_id = assessment.indicator_id
        and prediction.scenario_id = assessment.scenario_id
        and assessment.as_of = $as_of
where prediction.tracker_id = $tracker and prediction.scenario_id = $scenario and prediction.type <> 'silent'
order by prediction.indicator_id
