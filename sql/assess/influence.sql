-- Grain: one row per indicator or group left out, and scenario, at the newest as-of date.
-- Reads: scenario_probability, hypothesis_probability, log_ratio, variant, as_of_date, reading_evidence
-- move: the shared luck of the rest recomputed; move_held_weights: the luck of all storylines held as it is now.
with latest as (
    select
        tracker_id,
        as_of
    from as_of_date
    where is_latest
),

without as (
    select
        probability.tracker_id,
        variant.family,
        variant.left_out,
        probability.scenario_id,
        probability.posterior,
        headline.posterior as headline_posterior
    from scenario_probability as probability
    inner join latest on probability.tracker_id = latest.tracker_id and probability.as_of = latest.as_of
    inner join variant
        on
            probability.tracker_id = variant.tracker_id
            and probability.variant = variant.variant
            and variant.family in ('without', 'without_group')
    inner join scenario_probability as headline
        on
            probability.tracker_id = headline.tracker_id
            and probability.as_of = headline.as_of
            and probability.scenario_id = headline.scenario_id
            and headline.variant = 'headline'
),

grouped as (
    select distinct
        tracker_id,
        indicator_id,
        group_id
    from reading_evidence
),

taken as (
    select
        log_ratio.tracker_id,
        'without' as family,
        log_ratio.indicator_id as left_out,
        log_ratio.scenario_id,
        log_ratio.onset,
        log_ratio.weight * log_ratio.log_ratio as evidence,
        log_ratio.weight * log_ratio.log_ratio_contaminated as contaminated
    from log_ratio
    inner join latest on log_ratio.tracker_id = latest.tracker_id and log_ratio.as_of = latest.as_of
    where log_ratio.scenario_id <> 'other'
    union all by name
    select
        log_ratio.tracker_id,
        'without_group' as family,
        grouped.group_id as left_out,
        log_ratio.scenario_id,
        log_ratio.onset,
        sum(log_ratio.weight * log_ratio.log_ratio order by log_ratio.indicator_id) as evidence,
        sum(log_ratio.weight * log_ratio.log_ratio_contaminated order by log_ratio.indicator_id) as contaminated
    from log_ratio
    inner join latest on log_ratio.tracker_id = latest.tracker_id and log_ratio.as_of = latest.as_of
    inner join grouped
        on log_ratio.tracker_id = grouped.tracker_id and log_ratio.indicator_id = grouped.indicator_id
    where log_ratio.scenario_id <> 'other'
    group by log_ratio.tracker_id, grouped.group_id, log_ratio.scenario_id, log_ratio.onset
),

rest as (
    select
        taken.tracker_id,
        taken.family,
        taken.left_out,
        taken.scenario_id,
        taken.onset,
        probability.posterior * exp(-taken.evidence) as share,
        probability.prior * probability.onset_weight * exp(probability.log_evidence_contaminated) as contaminated,
        probability.prior * probability.onset_weight
        * exp(probability.log_evidence_contaminated - taken.contaminated) as contaminated_rest
    from taken
    inner join latest on taken.tracker_id = latest.tracker_id
    inner join hypothesis_probability as probability
        on
            taken.tracker_id = probability.tracker_id
            and latest.as_of = probability.as_of
            and probability.variant = 'headline'
            and taken.scenario_id = probability.scenario_id
            and taken.onset = probability.onset
),

held as (
    select
        tracker_id,
        family,
        left_out,
        scenario_id,
        sum(share order by onset) as share
    from rest
    group by all
    union all by name
    select
        rest.tracker_id,
        rest.family,
        rest.left_out,
        'other' as scenario_id,
        any_value(probability.posterior)
        * sum(rest.contaminated_rest order by rest.scenario_id, rest.onset)
        / sum(rest.contaminated order by rest.scenario_id, rest.onset) as share
    from rest
    inner join latest on rest.tracker_id = latest.tracker_id
    inner join hypothesis_probability as probability
        on
            rest.tracker_id = probability.tracker_id
            and latest.as_of = probability.as_of
            and probability.variant = 'headline'
            and probability.scenario_id = 'other'
    group by rest.tracker_id, rest.family, rest.left_out
)

select
    without.tracker_id,
    if(without.family = 'without', 'indicator:', 'group:') || without.left_out as left_out,
    without.scenario_id,
    without.posterior,
    without.posterior - without.headline_posterior as move,
    held.share / sum(held.share)
        over (
            partition by held.tracker_id, held.family, held.left_out
            order by held.scenario_id
            rows between unbounded preceding and unbounded following
        )
    - without.headline_posterior as move_held_weights
from without
inner join held
    on
        without.tracker_id = held.tracker_id
        and without.family = held.family
        and without.left_out = held.left_out
        and without.scenario_id = held.scenario_id
order by without.tracker_id, left_out, without.scenario_id
