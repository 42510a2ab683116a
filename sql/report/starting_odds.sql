-- Grain: one row per set of starting odds and scenario: the probability now had the scenarios started so.
-- Reads: scenario_probability, variant
select
    probability.variant,
    probability.scenario_id,
    probability.posterior
from scenario_probability as probability
inner join variant
    on probability.tracker_id = variant.tracker_id and probability.variant = variant.variant
where
    probability.tracker_id = $tracker
    and probability.as_of = $as_of
    and variant.family in ('headline', 'prior')
order by probability.variant asc, probability.posterior desc
