-- Question: Which predictions have come true already?
-- Columns: tracker_id, scenario_id, indicator_id, status, reading_date, prediction
select
    assessment.tracker_id,
    assessment.scenario_id,
    assessment.indicator_id,
    assessment.status,
    reading.reading_date,
    prediction.claim as prediction
from latest_assessment as assessment
inner join latest_reading as reading
    on assessment.tracker_id = reading.tracker_id and assessment.indicator_id = reading.indicator_id
inner join prediction
    on
        assessment.tracker_id = prediction.tracker_id
        and assessment.indicator_id = prediction.indicator_id
        and assessment.scenario_id = prediction.scenario_id
where assessment.status = 'fulfilled'
order by assessment.tracker_id, assessment.scenario_id, assessment.indicator_id
