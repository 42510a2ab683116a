-- Severity: critical
-- Target: scenario_probability
-- Rule: anyone gets the headline from scenario.prior, hypothesis, log_ratio and the weights of tracker alone.
-- Grain: one row per as-of date and scenario whose published probability differs from the recomputed one.
-- Reads: hypothesis, scenario, tracker, indicator, evidence_group, as_of_date, log_ratio, scenario_probability
with summed as (
    select
        log_ratio.tracker_id,
        log_ratio.as_of,
        indicator.group_id,
        log_ratio.scenario_id,
        log_ratio.onset,
        sum(log_ratio.weight * log_ratio.log_ratio) as plain,
        sum(log_ratio.weight * log_ratio.log_ratio_contaminated) as contaminated,
        count(log_ratio.z) as n,
        sum(coalesce(log_ratio.z, 0)) as total,
        sum(coalesce(log_ratio.z ** 2, 0)) as squares
    from log_ratio
    inner join indicator
        on log_ratio.tracker_id = indicator.tracker_id and log_ratio.indicator_id = indicator.indicator_id
    where log_ratio.scenario_id <> 'other'
    group by all
),

lucky as (
    select
        summed.*,
        if(
            summed.n < 2, 0,
            -0.5 * ((summed.n - 1) * ln(1 - evidence_group.rho) + ln(1 + (summed.n - 1) * evidence_group.rho))
            - 0.5 * evidence_group.rho / (1 - evidence_group.rho)
            * (summed.squares - summed.total ** 2 / (1 + (summed.n - 1) * evidence_group.rho))
        ) as luck
    from summed
    inner join evidence_group
        on summed.tracker_id = evidence_group.tracker_id and summed.group_id = evidence_group.group_id
),

evidence as (
    select
        lucky.tracker_id,
        lucky.as_of,
        lucky.scenario_id,
        lucky.onset,
        sum(lucky.plain + tracker.evidence_weight * lucky.luck) as plain,
        sum(lucky.contaminated + tracker.evidence_weight * lucky.luck) as contaminated
    from lucky
    inner join tracker on lucky.tracker_id = tracker.tracker_id
    group by all
),

joint as (
    select
        hypothesis.tracker_id,
        as_of_date.as_of,
        hypothesis.scenario_id,
        scenario.prior * hypothesis.onset_weight * exp(coalesce(evidence.plain, 0)) as share,
        scenario.prior / (1 - tracker.other_mass) * hypothesis.onset_weight
        * exp(coalesce(evidence.contaminated, 0)) as mixed
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
    where hypothesis.scenario_id <> 'other'
),

recomputed as (
    select
        tracker_id,
        as_of,
        scenario_id,
        sum(share) as share
    from joint
    group by all
    union all by name
    select
        joint.tracker_id,
        joint.as_of,
        'other' as scenario_id,
        any_value(tracker.other_mass) * sum(joint.mixed) as share
    from joint
    inner join tracker on joint.tracker_id = tracker.tracker_id
    group by joint.tracker_id, joint.as_of
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
