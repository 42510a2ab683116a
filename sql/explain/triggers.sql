-- Grain: one row per scenario whose onset the event may announce, with whether that scenario has begun.
-- Reads: prediction, scenario, begun
select
    scenario.title,
    cast(json_extract_string(prediction.parameters, '$.trigger_share') as double) as trigger_share,
    coalesce(cast(json_extract_string(prediction.parameters, '$.trigger_lag') as double), 1.0) as trigger_lag,
    coalesce(json_extract_string(prediction.parameters, '$.after_onset'), 'own') as after_onset,
    begun.begun,
    begun.not_begun
from prediction
inner join scenario
    on prediction.tracker_id = scenario.tracker_id and prediction.scenario_id = scenario.scenario_id
left join begun
    on
        prediction.tracker_id = begun.tracker_id
        and prediction.scenario_id = begun.scenario_id
        and begun.as_of = $as_of
where
    prediction.tracker_id = $tracker
    and prediction.indicator_id = $indicator
    and json_extract_string(prediction.parameters, '$.trigger_share') is not null
order by scenario.sort_order
