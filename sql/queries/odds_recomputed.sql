-- Question: Do the published probabilities follow from priors, log ratios, weights and shared luck alone?
-- Columns: tracker_id, scenario_id, published, recomputed
with reading as (
    select
        tracker_id,
        scenario_id,
        onset,
        sum(weight * log_ratio) as plain,
        sum(weight * log_ratio_contaminated) as contaminated
    from latest_log_ratio
    group by tracker_id, scenario_id, onset
),

luck as (
    select
        shared_luck.tracker_id,
        shared_luck.scenario_id,
        shared_luck.onset,
        sum(tracker.evidence_weight * shared_luck.log_correction) as luck
    from shared_luck
    inner join as_of_date
        on
            shared_luck.tracker_id = as_of_date.tracker_id
            and shared_luck.as_of = as_of_date.as_of
            and as_of_date.is_latest
    inner join tracker on shared_luck.tracker_id = tracker.tracker_id
    group by shared_luck.tracker_id, shared_luck.scenario_id, shared_luck.onset
),

strand as (
    select
        hypothesis.tracker_id,
        hypothesis.scenario_id,
        scenario.prior * hypothesis.onset_weight
        * exp(coalesce(reading.plain, 0) + coalesce(luck.luck, 0)) as named,
        scenario.prior * hypothesis.onset_weight * tracker.other_mass / (1 - tracker.other_mass)
        * exp(coalesce(reading.contaminated, 0) + coalesce(luck.luck, 0)) as mixed
    from hypothesis
    inner join scenario
        on hypothesis.tracker_id = scenario.tracker_id and hypothesis.scenario_id = scenario.scenario_id
    inner join tracker on hypothesis.tracker_id = tracker.tracker_id
    left join reading
        on
            hypothesis.tracker_id = reading.tracker_id
            and hypothesis.scenario_id = reading.scenario_id
            and hypothesis.onset = reading.onset
    left join luck
        on
            hypothesis.tracker_id = luck.tracker_id
            and hypothesis.scenario_id = luck.scenario_id
            and hypothesis.onset = luck.onset
    where hypothesis.scenario_id <> 'other'
),

share as (
    select
        tracker_id,
        scenario_id,
        sum(named) as share
    from strand
    group by tracker_id, scenario_id
    union all
    select
        tracker_id,
        'other' as scenario_id,
        sum(mixed) as share
    from strand
    group by tracker_id
)

select
    share.tracker_id,
    share.scenario_id,
    published.posterior as published,
    share.share / sum(share.share) over (partition by share.tracker_id) as recomputed
from share
inner join latest_scenario_probability as published
    on
        share.tracker_id = published.tracker_id
        and share.scenario_id = published.scenario_id
        and published.variant = 'headline'
order by share.tracker_id, share.scenario_id
