-- Grain: one row per tracker and scenario: prior, probability now, and its change since the release before.
-- Reads: scenario, tracker, latest_scenario_probability, change, release
-- Null where there is no release before.
with earlier as (
    select count(*) > 1 as exists_one
    from release
),

moved as (
    select
        tracker_id,
        scenario_id,
        sum(move) as move
    from change
    group by all
)

select
    tracker.tracker_id,
    tracker.title as tracker_title,
    probability.as_of,
    scenario.scenario_id,
    scenario.title,
    probability.prior,
    probability.posterior,
    case when earlier.exists_one then coalesce(moved.move, 0) end as move
from scenario
cross join earlier
inner join tracker on scenario.tracker_id = tracker.tracker_id
inner join latest_scenario_probability as probability
    on
        scenario.tracker_id = probability.tracker_id
        and scenario.scenario_id = probability.scenario_id
        and probability.variant = 'headline'
left join moved on scenario.tracker_id = moved.tracker_id and scenario.scenario_id = moved.scenario_id
order by tracker.tracker_id, scenario.sort_order
