-- Grain: one row per scenario: its probability from all other readings, the factors of this one with its luck over the
-- scenario's onsets, and the result.
-- Reads: hypothesis, scenario, tracker, indicator, evidence_group, log_ratio, shared_luck, scenario_probability
-- P(s | all) = P(s | others) * reading * luck / sum of the same. The reading's factor is the mean over the scenario's
-- onsets, weighted by what the other readings say of them, of exp(weight * log ratio); the luck's is what the shared
-- luck of the storyline becomes by it. None of the above is the mixture of all hypotheses under contaminated ratios.
with own as (
    select
        log_ratio.scenario_id,
        log_ratio.onset,
        log_ratio.weight * log_ratio.log_ratio as reading,
        log_ratio.weight * log_ratio.log_ratio_contaminated as reading_contaminated,
        log_ratio.z,
        tracker.evidence_weight,
        luck.n_readings,
        luck.log_correction as luck,
        case
            when log_ratio.z is null then luck.log_correction
            when luck.n_readings < 3 then 0
            else
                -0.5 * (
                    (luck.n_readings - 2) * ln(1 - evidence_group.rho)
                    + ln(1 + (luck.n_readings - 2) * evidence_group.rho)
                )
                - 0.5 * evidence_group.rho / (1 - evidence_group.rho) * (
                    luck.z_square_sum - log_ratio.z ** 2
                    - (luck.z_sum - log_ratio.z) ** 2 / (1 + (luck.n_readings - 2) * evidence_group.rho)
                )
        end as luck_without
    from log_ratio
    inner join tracker on log_ratio.tracker_id = tracker.tracker_id
    inner join indicator
        on log_ratio.tracker_id = indicator.tracker_id and log_ratio.indicator_id = indicator.indicator_id
    inner join evidence_group
        on indicator.tracker_id = evidence_group.tracker_id and indicator.group_id = evidence_group.group_id
    inner join shared_luck as luck
        on
            log_ratio.tracker_id = luck.tracker_id
            and log_ratio.as_of = luck.as_of
            and indicator.group_id = luck.group_id
            and log_ratio.scenario_id = luck.scenario_id
            and log_ratio.onset = luck.onset
    where
        log_ratio.tracker_id = $tracker
        and log_ratio.as_of = $as_of
        and log_ratio.indicator_id = $indicator
),

readings as (
    select
        scenario_id,
        onset,
        sum(weight * log_ratio) as plain,
        sum(weight * log_ratio_contaminated) as contaminated
    from log_ratio
    where tracker_id = $tracker and as_of = $as_of
    group by scenario_id, onset
),

luck as (
    select
        shared_luck.scenario_id,
        shared_luck.onset,
        sum(tracker.evidence_weight * shared_luck.log_correction) as luck
    from shared_luck
    inner join tracker on shared_luck.tracker_id = tracker.tracker_id
    where shared_luck.tracker_id = $tracker and shared_luck.as_of = $as_of
    group by shared_luck.scenario_id, shared_luck.onset
),

strand as (
    select
        hypothesis.scenario_id,
        scenario.prior * hypothesis.onset_weight as share,
        scenario.prior * hypothesis.onset_weight * tracker.other_mass / (1 - tracker.other_mass) as share_of_other,
        coalesce(own.reading, 0) as reading,
        coalesce(own.reading_contaminated, 0) as reading_contaminated,
        coalesce(own.evidence_weight * (own.luck - own.luck_without), 0) as luck_by_it,
        coalesce(readings.plain, 0) + coalesce(luck.luck, 0) as everything,
        coalesce(readings.contaminated, 0) + coalesce(luck.luck, 0) as everything_contaminated
    from hypothesis
    inner join scenario
        on hypothesis.tracker_id = scenario.tracker_id and hypothesis.scenario_id = scenario.scenario_id
    inner join tracker on hypothesis.tracker_id = tracker.tracker_id
    left join own on hypothesis.scenario_id = own.scenario_id and hypothesis.onset = own.onset
    left join readings on hypothesis.scenario_id = readings.scenario_id and hypothesis.onset = readings.onset
    left join luck on hypothesis.scenario_id = luck.scenario_id and hypothesis.onset = luck.onset
    where hypothesis.tracker_id = $tracker and hypothesis.scenario_id <> 'other'
),

luck_by_scenario as (
    select
        scenario_id,
        any_value(n_readings) as n_readings,
        min(z) as least_z,
        max(z) as most_z,
        min(luck) as least_luck,
        max(luck) as most_luck
    from own
    group by scenario_id
),

joint as (
    select
        scenario_id,
        sum(share * exp(everything - reading - luck_by_it)) as others,
        sum(share * exp(everything - luck_by_it)) as with_reading,
        sum(share * exp(everything)) as everything
    from strand
    group by scenario_id
    union all by name
    select
        'other' as scenario_id,
        sum(share_of_other * exp(everything_contaminated - reading_contaminated - luck_by_it)) as others,
        sum(share_of_other * exp(everything_contaminated - luck_by_it)) as with_reading,
        sum(share_of_other * exp(everything_contaminated)) as everything
    from strand
)

select
    scenario.scenario_id,
    scenario.title,
    scenario.prior,
    joint.others / sum(joint.others) over () as without_it,
    joint.with_reading / joint.others as reading_factor,
    joint.everything / joint.with_reading as luck_factor,
    joint.everything / sum(joint.everything) over () as computed,
    published.posterior as published,
    luck_by_scenario.n_readings,
    luck_by_scenario.least_z,
    luck_by_scenario.most_z,
    luck_by_scenario.least_luck,
    luck_by_scenario.most_luck
from joint
inner join scenario on scenario.tracker_id = $tracker and joint.scenario_id = scenario.scenario_id
inner join scenario_probability as published
    on
        published.tracker_id = $tracker
        and published.as_of = $as_of
        and published.variant = 'headline'
        and joint.scenario_id = published.scenario_id
left join luck_by_scenario on joint.scenario_id = luck_by_scenario.scenario_id
order by scenario.sort_order
