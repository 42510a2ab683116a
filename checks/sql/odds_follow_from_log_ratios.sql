-- Severity: critical
-- Target: scenario_probability
-- Rule: anyone gets the headline from scenario.prior, hypothesis, log_ratio and tracker.temper alone.
-- Grain: one row per as-of date and scenario whose published odds differ from the recomputed ones.
-- Reads: hypothesis, scenario, tracker, as_of_date, log_ratio, scenario_probability
with evidence as (
    select
        log_ratio.tracker_id,
        log_ratio.as_of,
        log_ratio.scenario_id,
        log_ratio.onset,
        sum(log_ratio.weight * log_ratio.log_ratio) as total
    from log_ratio
    group by all
),

joint as (
    select
        hypothesis.tracker_id,
        as_of_date.as_of,
        hypothesis.scenario_id,
        scenario.prior * hypothesis.onset_weight * exp(tracker.temper * coalesce(evidence.total, 0)) as share
    from hypothesis
    inner join scenario
        on hypothesis.tracker_id = scenario.tracker_id and hypothesis.scenario_id = scenario.scenario_id
    inner join tracker on hypothesis.tracker_id = tracker.tracker_id
    inner join as_of_date on hypothesis.tracker_id = as_of_date.tracker_id
    left join evidence
        on
            hypothesis.tracker_id = evidence.tracker_id
            and as_of_date.as_of = evidence.as_of
            and hypothesis.scenario_id = evidence.scenario_id
            and hypothesis.onset = evidence.onset
),

recomputed as (
    select
        tracker_id,
        as_of,
        scenario_id,
        sum(share) as share
    from joint
    group by all
),

normalised as (
    select
        *,
        share / sum(share) over (partition by tracker_id, as_of) as posterior
    from recomputed
)

select
    normalised.tracker_id,
    normalised.as_of,
    normalised.scenario_id,
    normalised.posterior as recomputed,
    published.posterior as published
from normalised
left join scenario_probability as published
    on
        normalised.tracker_id = published.tracker_id
        and normalised.as_of = published.as_of
        and normalised.scenario_id = published.scenario_id
        and published.variant = 'headline'
where not coalesce(abs(normalised.posterior - published.posterior) < 1e-9, false)
