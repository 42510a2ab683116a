-- Grain: one row per indicator and scenario whose status word has turned to contradicted, fulfilled or missed.
-- Reads: assessment, as_of_date, earlier_status, indicator, scenario, reading
-- A pair that the last release does not speak about has not turned: missing data fire nothing.
select
    now.tracker_id,
    now.scenario_id,
    'status' as kind,
    case now.status when 'fulfilled' then 'info' else 'warning' end as severity,
    now.indicator_id,
    indicator.title || ' is now ' || now.status || ' under ' || scenario.title || ' (was ' || earlier_status.status
    || ')' || coalesce('; the reading is of ' || cast(reading.reading_date as varchar), '')
    || case
        when earlier_status.scenario_version <> tracker.scenario_version then '; the predictions were changed too'
        else ''
    end as message,
    concat_ws(
        ':', 'status', now.tracker_id, now.indicator_id, now.scenario_id, now.status,
        coalesce(cast(reading.reading_date as varchar), 'no reading')
    ) as alert_key
from assessment as now
inner join as_of_date
    on now.tracker_id = as_of_date.tracker_id and now.as_of = as_of_date.as_of and as_of_date.is_latest
inner join tracker on now.tracker_id = tracker.tracker_id
inner join indicator on now.tracker_id = indicator.tracker_id and now.indicator_id = indicator.indicator_id
inner join scenario on now.tracker_id = scenario.tracker_id and now.scenario_id = scenario.scenario_id
inner join earlier_status
    on
        now.tracker_id = earlier_status.tracker_id
        and now.indicator_id = earlier_status.indicator_id
        and now.scenario_id = earlier_status.scenario_id
left join reading
    on now.tracker_id = reading.tracker_id and now.as_of = reading.as_of and now.indicator_id = reading.indicator_id
where now.status in ('contradicted', 'fulfilled', 'missed') and now.status <> earlier_status.status
