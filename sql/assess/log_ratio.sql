-- Grain: one row per as-of date, scored indicator with a reading, and hypothesis.
-- Reads: subset_evidence, evidence_group
-- Group weight: 1 / (1 + (n - 1) rho), n the group's scored indicators with a reading at the as-of date.
with sized as (
    select
        tracker_id,
        as_of,
        indicator_id,
        group_id,
        scenario_id,
        onset,
        log_ratio,
        count(*) over (partition by tracker_id, as_of, group_id, scenario_id, onset) as n_indicators
    from subset_evidence
    where subset = 'all'
)

select
    sized.tracker_id,
    sized.as_of,
    sized.indicator_id,
    sized.scenario_id,
    sized.onset,
    sized.log_ratio,
    1 / (1 + (sized.n_indicators - 1) * evidence_group.rho) as weight
from sized
inner join evidence_group
    on sized.tracker_id = evidence_group.tracker_id and sized.group_id = evidence_group.group_id
order by all
