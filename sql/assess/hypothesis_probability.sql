-- Grain: one row per as-of date, variant and hypothesis.
-- Reads: variant, prior_set, scenario, hypothesis, as_of_date, subset_evidence, evidence_group
-- Sums have an order, so that the same rows give the same last digit.
-- log P(h | D) = const + log prior + log onset weight + temper * sum_i weight_i l_i(h). All variants and dates in one
-- statement: a group's evidence is summed once, and a variant that leaves something out takes its part away again.
with named_prior as (
    select
        prior_set.tracker_id,
        prior_set.prior_set,
        prior_set.scenario_id,
        prior_set.prior / sum(prior_set.prior) over (
            partition by prior_set.tracker_id, prior_set.prior_set
            order by prior_set.scenario_id
            rows between unbounded preceding and unbounded following
        ) as share
    from prior_set
    where prior_set.scenario_id <> 'other'
),

variant_prior as (
    select
        variant.tracker_id,
        variant.variant,
        named_prior.scenario_id,
        (1 - variant.other_mass) * named_prior.share as prior
    from variant
    inner join named_prior
        on variant.tracker_id = named_prior.tracker_id and variant.prior_set = named_prior.prior_set
    union all
    select
        tracker_id,
        variant,
        'other' as scenario_id,
        other_mass as prior
    from variant
),

group_total as (
    select
        tracker_id,
        subset,
        as_of,
        group_id,
        scenario_id,
        onset,
        sum(log_ratio order by indicator_id) as log_ratio,
        count(*) as n_indicators
    from subset_evidence
    group by all
),

remaining as (
    select
        variant.tracker_id,
        variant.variant,
        total.as_of,
        total.group_id,
        total.scenario_id,
        total.onset,
        total.log_ratio - coalesce(taken.log_ratio, 0) as log_ratio,
        total.n_indicators - if(taken.log_ratio is null, 0, 1) as n_indicators
    from variant
    inner join group_total as total
        on variant.tracker_id = total.tracker_id and variant.subset = total.subset
    left join subset_evidence as taken
        on
            variant.family = 'without'
            and variant.left_out = taken.indicator_id
            and total.tracker_id = taken.tracker_id
            and total.subset = taken.subset
            and total.as_of = taken.as_of
            and total.group_id = taken.group_id
            and total.scenario_id = taken.scenario_id
            and total.onset = taken.onset
    where not (variant.family = 'without_group' and variant.left_out = total.group_id)
),

evidence as (
    select
        remaining.tracker_id,
        remaining.variant,
        remaining.as_of,
        remaining.scenario_id,
        remaining.onset,
        sum(
            remaining.log_ratio / (1 + (remaining.n_indicators - 1) * evidence_group.rho) order by remaining.group_id
        ) as log_evidence
    from remaining
    inner join evidence_group
        on remaining.tracker_id = evidence_group.tracker_id and remaining.group_id = evidence_group.group_id
    where remaining.n_indicators > 0
    group by all
),

joint as (
    select
        hypothesis.tracker_id,
        as_of_date.as_of,
        variant.variant,
        hypothesis.scenario_id,
        hypothesis.onset,
        hypothesis.onset_weight,
        variant_prior.prior,
        variant.temper * coalesce(evidence.log_evidence, 0) as log_evidence,
        ln(variant_prior.prior) + ln(hypothesis.onset_weight)
        + variant.temper * coalesce(evidence.log_evidence, 0) as log_joint
    from hypothesis
    inner join as_of_date on hypothesis.tracker_id = as_of_date.tracker_id
    inner join variant on hypothesis.tracker_id = variant.tracker_id
    inner join variant_prior
        on
            variant.tracker_id = variant_prior.tracker_id
            and variant.variant = variant_prior.variant
            and hypothesis.scenario_id = variant_prior.scenario_id
    left join evidence
        on
            hypothesis.tracker_id = evidence.tracker_id
            and variant.variant = evidence.variant
            and as_of_date.as_of = evidence.as_of
            and hypothesis.scenario_id = evidence.scenario_id
            and hypothesis.onset = evidence.onset
    where hypothesis.onset_weight > 0 and variant_prior.prior > 0
),

scaled as (
    select
        *,
        exp(log_joint - max(log_joint) over (partition by tracker_id, as_of, variant)) as share
    from joint
)

select
    tracker_id,
    as_of,
    variant,
    scenario_id,
    onset,
    onset_weight,
    prior,
    log_evidence,
    share / sum(share) over (
        partition by tracker_id, as_of, variant
        order by scenario_id, onset
        rows between unbounded preceding and unbounded following
    ) as posterior
from scaled
order by all
