-- Grain: one row per condition that the analysis itself states for a scenario and that is contradicted or has failed.
-- Reads: assessment, prediction, indicator
select
    assessment.scenario_id,
    assessment.indicator_id,
    assessment.status
from assessment
inner join prediction
    on
        assessment.tracker_id = prediction.tracker_id
        and assessment.indicator_id = prediction.indicator_id
        and assessment.scenario_id = prediction.scenario_id
inner join indicator
    on assessment.tracker_id = indicator.tracker_id and assessment.indicator_id = indicator.indicator_id
where
    assessment.tracker_id = $tracker
    and assessment.as_of = $as_of
    and assessment.status in ('contradicted', 'missed')
    and prediction.basis = 'stated'
    and indicator.role = 'condition'
order by assessment.scenario_id, assessment.indicator_id
