-- Grain: one row per as-of date, variant and hypothesis.
-- Reads: variant, prior_set, hypothesis, as_of_date, group_evidence, indicator
-- Sums have an order, so that the same rows give the same last digit.
-- log P(h | D) = const + log prior + log onset weight + kappa (sum of l + sum of c) + gamma (sum of l of what defines).
-- `other` is the mixture of the named hypotheses under contaminated ratios. All variants and dates in one statement: a
-- variant that leaves something out takes its part away from the sum over groups and puts back what is left of it.
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

total as (
    select
        tracker_id,
        subset,
        as_of,
        scenario_id,
        onset,
        sum(ordinary + luck order by group_id) as ordinary,
        sum(ordinary_contaminated + luck order by group_id) as ordinary_contaminated,
        sum(defining order by group_id) as defining,
        sum(defining_contaminated order by group_id) as defining_contaminated
    from group_evidence
    where left_out is null
    group by all
),

left_group as (
    select
        variant.tracker_id,
        variant.variant,
        coalesce(indicator.group_id, variant.left_out) as group_id,
        if(variant.family = 'without', variant.left_out, null) as indicator_id
    from variant
    left join indicator
        on
            variant.tracker_id = indicator.tracker_id
            and variant.family = 'without'
            and variant.left_out = indicator.indicator_id
    where variant.family in ('without', 'without_group')
),

evidence as (
    select
        variant.tracker_id,
        variant.variant,
        total.as_of,
        total.scenario_id,
        total.onset,
        variant.evidence_weight * (
            total.ordinary - coalesce(gone.ordinary + gone.luck, 0) + coalesce(rest.ordinary + rest.luck, 0)
        ) + variant.defining_weight * (
            total.defining - coalesce(gone.defining, 0) + coalesce(rest.defining, 0)
        ) as log_evidence,
        variant.evidence_weight * (
            total.ordinary_contaminated
            - coalesce(gone.ordinary_contaminated + gone.luck, 0)
            + coalesce(rest.ordinary_contaminated + rest.luck, 0)
        ) + variant.defining_weight * (
            total.defining_contaminated
            - coalesce(gone.defining_contaminated, 0)
            + coalesce(rest.defining_contaminated, 0)
        ) as log_evidence_contaminated
    from variant
    inner join total on variant.tracker_id = total.tracker_id and variant.subset = total.subset
    left join left_group on variant.tracker_id = left_group.tracker_id and variant.variant = left_group.variant
    left join group_evidence as gone
        on
            total.tracker_id = gone.tracker_id
            and total.subset = gone.subset
            and total.as_of = gone.as_of
            and total.scenario_id = gone.scenario_id
            and total.onset = gone.onset
            and left_group.group_id = gone.group_id
            and gone.left_out is null
    left join group_evidence as rest
        on
            total.tracker_id = rest.tracker_id
            and total.subset = rest.subset
            and total.as_of = rest.as_of
            and total.scenario_id = rest.scenario_id
            and total.onset = rest.onset
            and left_group.group_id = rest.group_id
            and left_group.indicator_id = rest.left_out
),

named as (
    select
        hypothesis.tracker_id,
        as_of_date.as_of,
        variant.variant,
        hypothesis.scenario_id,
        hypothesis.onset,
        hypothesis.onset_weight,
        named_prior.share as share_of_named,
        variant.other_mass,
        coalesce(evidence.log_evidence, 0) as log_evidence,
        coalesce(evidence.log_evidence_contaminated, 0) as log_evidence_contaminated
    from hypothesis
    inner join as_of_date on hypothesis.tracker_id = as_of_date.tracker_id
    inner join variant on hypothesis.tracker_id = variant.tracker_id
    inner join named_prior
        on
            variant.tracker_id = named_prior.tracker_id
            and variant.prior_set = named_prior.prior_set
            and hypothesis.scenario_id = named_prior.scenario_id
    left join evidence
        on
            hypothesis.tracker_id = evidence.tracker_id
            and variant.variant = evidence.variant
            and as_of_date.as_of = evidence.as_of
            and hypothesis.scenario_id = evidence.scenario_id
            and hypothesis.onset = evidence.onset
    where hypothesis.onset_weight > 0
),

joint as (
    select
        tracker_id,
        as_of,
        variant,
        scenario_id,
        onset,
        onset_weight,
        (1 - other_mass) * share_of_named as prior,
        log_evidence,
        log_evidence_contaminated
    from named
    union all by name
    select
        tracker_id,
        as_of,
        variant,
        'other' as scenario_id,
        0.0 as onset,
        1.0 as onset_weight,
        any_value(other_mass) as prior,
        ln(sum(share_of_named * onset_weight * exp(log_evidence_contaminated) order by scenario_id, onset))
            as log_evidence,
        cast(null as double) as log_evidence_contaminated
    from named
    group by tracker_id, as_of, variant
),

scaled as (
    select
        joint.*,
        joint.prior * joint.onset_weight
        * exp(
            joint.log_evidence
            - max(joint.log_evidence) over (partition by joint.tracker_id, joint.as_of, joint.variant)
        ) as share
    from joint
    where joint.prior > 0
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
    log_evidence_contaminated,
    share / sum(share) over (
        partition by tracker_id, as_of, variant
        order by scenario_id, onset
        rows between unbounded preceding and unbounded following
    ) as posterior
from scaled
order by all
