-- Grain: one row per as-of date, variant and scenario.
-- Reads: hypothesis_probability
-- Decibans are free of the prior: the evidence for the scenario against 'none of the above', whose own evidence is 1.
select
    tracker_id,
    as_of,
    variant,
    scenario_id,
    any_value(prior) as prior,
    sum(posterior order by onset) as posterior,
    10 * log10(sum(onset_weight * exp(log_evidence) order by onset)) as decibans
from hypothesis_probability
group by tracker_id, as_of, variant, scenario_id
order by tracker_id, as_of, variant, scenario_id
