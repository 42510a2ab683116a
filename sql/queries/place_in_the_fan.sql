-- Question: Where in each scenario's prediction does the newest reading lie: 0 at the bottom, 1 at the top?
-- Columns: tracker_id, indicator_id, scenario_id, value, reading_date, fit, status
select
    assessment.tracker_id,
    assessment.indicator_id,
    assessment.scenario_id,
    reading.value,
    reading.reading_date,
    assessment.fit,
    assessment.status
from latest_assessment as assessment
inner join latest_reading as reading
    on assessment.tracker_id = reading.tracker_id and assessment.indicator_id = reading.indicator_id
where assessment.fit is not null and reading.value is not null
order by assessment.tracker_id, assessment.indicator_id, assessment.scenario_id
