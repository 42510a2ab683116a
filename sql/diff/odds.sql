-- Grain: one row per tracker and scenario: its headline odds at the release's own date.
-- Reads: latest_scenario_probability, scenario
select
    scenario.tracker_id,
    scenario.scenario_id,
    scenario.title,
    probability.posterior
from latest_scenario_probability as probability
inner join scenario
    on probability.tracker_id = scenario.tracker_id and probability.scenario_id = scenario.scenario_id
where probability.variant = 'headline'
order by scenario.tracker_id, scenario.sort_order
