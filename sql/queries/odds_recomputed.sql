-- Question: Do the published odds follow from priors, log ratios, weights and temper alone?
-- Columns: tracker_id, scenario_id, published, recomputed
with evidence as (
    select
        tracker_id,
        scenario_id,
        onset,
        sum(weight * log_ratio) as total
    from latest_log_ratio
    group by tracker_id, scenario_id, onset
),

share as (
    select
        hypothesis.tracker_id,
        hypothesis.scenario_id,
        sum(scenario.prior * hypothesis.onset_weight * exp(tracker.temper * coalesce(evidence.total, 0))) as share
    from hypothesis
    inner join scenario
        on hypothesis.tracker_id = scenario.tracker_id and hypothesis.scenario_id = scenario.scenario_id
    inner join tracker on hypothesis.tracker_id = tracker.tracker_id
    left join evidence
        on
            hypothesis.tracker_id = evidence.tracker_id
            and hypothesis.scenario_id = evidence.scenario_id
            and hypothesis.onset = evidence.onset
    group by hypothesis.tracker_id, hypothesis.scenario_id
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
