-- Question: How would the odds stand under other priors, other weights of evidence or other selections of predictions?
-- Columns: tracker_id, variant, scenario_id, posterior, move
select
    probability.tracker_id,
    probability.variant,
    probability.scenario_id,
    probability.posterior,
    probability.posterior - headline.posterior as move
from latest_scenario_probability as probability
inner join variant on probability.tracker_id = variant.tracker_id and probability.variant = variant.variant
inner join latest_scenario_probability as headline
    on
        probability.tracker_id = headline.tracker_id
        and probability.scenario_id = headline.scenario_id
        and headline.variant = 'headline'
where variant.family not in ('headline', 'without', 'without_group')
order by probability.tracker_id, probability.variant, probability.scenario_id
