-- Grain: one row per date of the scenario's fan for the indicator, with the newest reading since the date before.
-- Reads: fan, reading
-- For example: from path('scenario', 'indicator')
-- Parameters: scenario, indicator
select
    steps.tracker_id,
    steps.date,
    steps.p05,
    steps.p10,
    steps.p50,
    steps.p90,
    steps.p95,
    max(seen.scored_at) as scored_at,
    arg_max(seen.value, (seen.scored_at, seen.as_of)) as reading
from (
    select
        fan.*,
        lag(fan.date) over (partition by fan.tracker_id order by fan.date) as date_before
    from fan
    where fan.scenario_id = $scenario and fan.indicator_id = $indicator
) as steps
left join reading as seen
    on
        steps.tracker_id = seen.tracker_id
        and steps.indicator_id = seen.indicator_id
        and seen.value is not null
        and steps.date >= seen.scored_at
        and coalesce(steps.date_before < seen.scored_at, true)
group by all
order by steps.tracker_id, steps.date
