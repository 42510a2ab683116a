-- Question: Which predictions are contradicted, missed or behind?
-- Columns: tracker_id, scenario_id, indicator_id, status, prediction, basis
select
    assessment.tracker_id,
    assessment.scenario_id,
    assessment.indicator_id,
    assessment.status,
    prediction.claim as prediction,
    prediction.basis
from latest_assessment as assessment
inner join prediction
    on
        assessment.tracker_id = prediction.tracker_id
        and assessment.indicator_id = prediction.indicator_id
        and assessment.scenario_id = prediction.scenario_id
where assessment.status in ('contradicted', 'missed', 'behind')
order by assessment.tracker_id, assessment.scenario_id, assessment.status, assessment.indicator_id
