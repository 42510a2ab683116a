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
    max(seen.reading_date) as reading_date,
    arg_max(seen.value, (seen.reading_date, seen.as_of)) as reading
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
        and steps.date >= seen.reading_date
        and coalesce(steps.date_before < seen.reading_date, true)
group by all
order by steps.tracker_id, steps.date
