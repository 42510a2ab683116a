-- Question: How does each scenario stand now, and what was it given at the start?
-- Columns: tracker_id, scenario_id, title, as_of, prior, posterior, decibans
select
    scenario.tracker_id,
    scenario.scenario_id,
    scenario.title,
    probability.as_of,
    probability.prior,
    probability.posterior,
    probability.decibans
from scenario
inner join latest_scenario_probability as probability
    on scenario.tracker_id = probability.tracker_id and scenario.scenario_id = probability.scenario_id
where probability.variant = 'headline'
order by scenario.tracker_id asc, probability.posterior desc, scenario.scenario_id asc
