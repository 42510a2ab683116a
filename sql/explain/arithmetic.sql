-- Grain: one row per scenario: its odds from all other readings, the factor of this indicator, and the result.
-- Reads: hypothesis, scenario, tracker, log_ratio, scenario_probability
-- P(s | all) = P(s | others) * factor / sum of the same over the scenarios; the factor is the mean over the scenario's
-- onsets, weighted by what the other readings say of them, of exp(temper * weight * log ratio).
with evidence as (
    select
        scenario_id,
        onset,
        coalesce(sum(weight * log_ratio) filter (where indicator_id <> $indicator), 0) as others,
        coalesce(sum(weight * log_ratio) filter (where indicator_id = $indicator), 0) as own
    from log_ratio
    where tracker_id = $tracker and as_of = $as_of
    group by scenario_id, onset
),

joint as (
    select
        scenario.scenario_id,
        scenario.title,
        scenario.prior,
        scenario.sort_order,
        sum(hypothesis.onset_weight * exp(tracker.temper * coalesce(evidence.others, 0))) as others,
        sum(
            hypothesis.onset_weight
            * exp(tracker.temper * (coalesce(evidence.others, 0) + coalesce(evidence.own, 0)))
        ) as everything
    from scenario
    inner join tracker on scenario.tracker_id = tracker.tracker_id
    inner join hypothesis
        on scenario.tracker_id = hypothesis.tracker_id and scenario.scenario_id = hypothesis.scenario_id
    left join evidence
        on hypothesis.scenario_id = evidence.scenario_id and hypothesis.onset = evidence.onset
    where scenario.tracker_id = $tracker
    group by all
)

select
    joint.scenario_id,
    joint.title,
    joint.prior,
    joint.prior * joint.others / sum(joint.prior * joint.others) over () as without_it,
    joint.everything / joint.others as factor,
    joint.prior * joint.everything / sum(joint.prior * joint.everything) over () as computed,
    published.posterior as published
from joint
inner join scenario_probability as published
    on
        published.tracker_id = $tracker
        and published.as_of = $as_of
        and published.variant = 'headline'
        and joint.scenario_id = published.scenario_id
order by joint.sort_order
