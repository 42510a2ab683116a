-- Grain: one row per scenario, with what it predicted, where its fan is nearest the reading's date, and the verdict.
-- Reads: prediction, scenario, fan, assessment
select
    scenario.scenario_id,
    scenario.title,
    prediction.type,
    prediction.basis,
    prediction.claim,
    json_extract(prediction.parameters, '$.analysts') as analysts,
    json_extract(prediction.parameters, '$.spread') as spread,
    arg_min(fan.date, abs(date_diff('day', fan.date, $scored_at))) as fan_date,
    arg_min(fan.p10, abs(date_diff('day', fan.date, $scored_at))) as p10,
    arg_min(fan.p50, abs(date_diff('day', fan.date, $scored_at))) as p50,
    arg_min(fan.p90, abs(date_diff('day', fan.date, $scored_at))) as p90,
    any_value(assessment.status) as status,
    any_value(assessment.fit) as fit,
    any_value(assessment.decibans) as decibans,
    any_value(assessment.contribution) as contribution
from prediction
inner join scenario
    on prediction.tracker_id = scenario.tracker_id and prediction.scenario_id = scenario.scenario_id
left join fan
    on
        prediction.tracker_id = fan.tracker_id
        and prediction.indicator_id = fan.indicator_id
        and prediction.scenario_id = fan.scenario_id
left join assessment
    on
        prediction.tracker_id = assessment.tracker_id
        and prediction.indicator_id = assessment.indicator_id
        and prediction.scenario_id = assessment.scenario_id
        and assessment.as_of = $as_of
where prediction.tracker_id = $tracker and prediction.indicator_id = $indicator
group by all
order by any_value(scenario.sort_order)
