-- Grain: one row per tracker and scenario of one release: its headline odds, other last.
-- Reads: latest_scenario_probability, scenario, tracker
select
    tracker.tracker_id,
    tracker.title as tracker_title,
    scenario.scenario_id,
    scenario.title,
    probability.posterior
from latest_scenario_probability as probability
inner join tracker on probability.tracker_id = tracker.tracker_id
inner join scenario
    on probability.tracker_id = scenario.tracker_id and probability.scenario_id = scenario.scenario_id
where probability.variant = 'headline'
order by tracker.tracker_id, scenario.sort_order
