-- Grain: one row per tracker whose alarm "no scenario fits" has come on.
-- Reads: surprise, as_of_date, scenario_probability, earlier_alarm, tracker
with now as (
    select
        surprise.tracker_id,
        surprise.as_of,
        max(surprise.surprise) as best_fit
    from surprise
    inner join as_of_date
        on
            surprise.tracker_id = as_of_date.tracker_id
            and surprise.as_of = as_of_date.as_of
            and as_of_date.is_latest
    group by surprise.tracker_id, surprise.as_of
    having bool_or(surprise.alarm)
)

select
    now.tracker_id,
    cast(null as varchar) as scenario_id,
    'no_scenario_fits' as kind,
    'critical' as severity,
    cast(null as varchar) as indicator_id,
    tracker.title || ': no scenario fits. None of the above stands at '
    || printf('%.0f', 100 * scenario_probability.posterior) || ' %, and of the worlds simulated from the scenario that '
    || 'fits best ' || printf('%.1f', 100 * now.best_fit) || ' % are as odd as this one' as message,
    concat_ws(':', 'no_scenario_fits', now.tracker_id, coalesce(earlier_alarm.release_id, 'first')) as alert_key
from now
inner join tracker on now.tracker_id = tracker.tracker_id
inner join scenario_probability
    on
        now.tracker_id = scenario_probability.tracker_id
        and now.as_of = scenario_probability.as_of
        and scenario_probability.variant = 'headline'
        and scenario_probability.scenario_id = 'other'
left join earlier_alarm on now.tracker_id = earlier_alarm.tracker_id
where not coalesce(earlier_alarm.alarm, false)
