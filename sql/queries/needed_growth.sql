-- Question: What must each indicator still grow a year to end inside what each scenario predicts of it?
-- Columns: tracker_id, indicator_id, scenario_id, value, reading_date, needed_growth, prediction
select
    assessment.tracker_id,
    assessment.indicator_id,
    assessment.scenario_id,
    reading.value,
    reading.reading_date,
    assessment.needed_growth,
    prediction.claim as prediction
from latest_assessment as assessment
inner join latest_reading as reading
    on assessment.tracker_id = reading.tracker_id and assessment.indicator_id = reading.indicator_id
inner join prediction
    on
        assessment.tracker_id = prediction.tracker_id
        and assessment.indicator_id = prediction.indicator_id
        and assessment.scenario_id = prediction.scenario_id
where assessment.needed_growth is not null
order by assessment.needed_growth desc, assessment.tracker_id asc, assessment.indicator_id asc
