-- Grain: one row per tracker and scenario that two releases before this one also speak about.
-- Reads: scenario_probability, as_of_date, earlier_probability, scenario, alert_mover
-- The odds of the release before last, of the last one, and of the one in the making. What one of the three lacks has
-- no row, so that missing data never look like a move.
select
    now.tracker_id,
    now.scenario_id,
    scenario.title,
    second_last.posterior as p_before,
    last_one.posterior as p_last,
    now.posterior as p_now,
    last_one.release_id as last_release_id,
    coalesce(alert_mover.why, 'no single cause stands out') as why
from scenario_probability as now
inner join as_of_date
    on now.tracker_id = as_of_date.tracker_id and now.as_of = as_of_date.as_of and as_of_date.is_latest
inner join scenario on now.tracker_id = scenario.tracker_id and now.scenario_id = scenario.scenario_id
inner join earlier_probability as last_one
    on
        now.tracker_id = last_one.tracker_id
        and now.scenario_id = last_one.scenario_id
        and last_one.releases_ago = 1
inner join earlier_probability as second_last
    on
        now.tracker_id = second_last.tracker_id
        and now.scenario_id = second_last.scenario_id
        and second_last.releases_ago = 2
left join alert_mover on now.tracker_id = alert_mover.tracker_id and now.scenario_id = alert_mover.scenario_id
where now.variant = 'headline'
