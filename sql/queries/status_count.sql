-- Question: How many predictions of each scenario have which status?
-- Columns: tracker_id, scenario_id, status, predictions
select
    assessment.tracker_id,
    assessment.scenario_id,
    assessment.status,
    count(*) as predictions
from latest_assessment as assessment
group by assessment.tracker_id, assessment.scenario_id, assessment.status
order by assessment.tracker_id asc, assessment.scenario_id asc, predictions desc, assessment.status asc
