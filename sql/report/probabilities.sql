-- Grain: one row per scenario: its probability before any reading and now, and the evidence for it without the prior.
-- Reads: scenario_probability, scenario
select
    probability.scenario_id,
    scenario.title,
    probability.prior,
    probability.posterior,
    probability.decibans
from scenario_probability as probability
inner join scenario
    on probability.tracker_id = scenario.tracker_id and probability.scenario_id = scenario.scenario_id
where
    probability.tracker_id = $tracker
    and probability.as_of = $as_of
    and probability.variant = 'headline'
order by scenario.sort_order
