-- Question: Which readings speak most strongly against each scenario?
-- Columns: tracker_id, scenario_id, indicator_id, decibans, contribution, cell, status
select
    assessment.tracker_id,
    assessment.scenario_id,
    assessment.indicator_id,
    assessment.decibans,
    assessment.contribution,
    assessment.cell,
    assessment.status
from latest_assessment as assessment
where assessment.contribution < 0
order by assessment.contribution asc, assessment.tracker_id asc, assessment.indicator_id asc
