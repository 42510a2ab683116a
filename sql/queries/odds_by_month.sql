-- Question: How have the odds moved from month to month?
-- Columns: tracker_id, as_of, scenario_id, posterior, move, retrospective
select
    probability.tracker_id,
    probability.as_of,
    probability.scenario_id,
    probability.posterior,
    probability.posterior - lag(probability.posterior) over (
        partition by probability.tracker_id, probability.scenario_id order by probability.as_of
    ) as move,
    as_of_date.retrospective
from scenario_probability as probability
inner join as_of_date
    on probability.tracker_id = as_of_date.tracker_id and probability.as_of = as_of_date.as_of
where probability.variant = 'headline'
order by probability.tracker_id, probability.as_of, probability.scenario_id
