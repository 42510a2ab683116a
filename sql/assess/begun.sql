-- Grain: one row per as-of date and scenario with more than one onset, or one to come; headline only.
-- Reads: hypothesis_probability, tracker
select
    probability.tracker_id,
    probability.as_of,
    probability.scenario_id,
    coalesce(
        sum(probability.posterior order by probability.onset) filter (
            where probability.onset <= date_diff('day', tracker.t0, probability.as_of) / 365.25
        ), 0
    ) as begun,
    coalesce(
        sum(probability.posterior order by probability.onset) filter (
            where probability.onset > date_diff('day', tracker.t0, probability.as_of) / 365.25
        ), 0
    ) as not_begun
from hypothesis_probability as probability
inner join tracker on probability.tracker_id = tracker.tracker_id
where probability.variant = 'headline'
group by probability.tracker_id, probability.as_of, probability.scenario_id
having max(probability.onset) > 0
order by all
