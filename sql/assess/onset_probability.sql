-- Grain: one row per as-of date, scenario with more than one onset, and onset; headline only.
-- Reads: hypothesis_probability, tracker
select
    probability.tracker_id,
    probability.as_of,
    probability.scenario_id,
    probability.onset,
    cast(year(tracker.t0 + to_days(cast(round(probability.onset * 365.25) as integer))) as integer) as onset_year,
    probability.onset_weight as prior,
    probability.posterior
    / sum(probability.posterior) over (
        partition by probability.tracker_id, probability.as_of, probability.scenario_id
        order by probability.onset
        rows between unbounded preceding and unbounded following
    ) as posterior
from hypothesis_probability as probability
inner join tracker on probability.tracker_id = tracker.tracker_id
where probability.variant = 'headline'
qualify count(*) over (partition by probability.tracker_id, probability.as_of, probability.scenario_id) > 1
order by all
