-- Grain: one row per subset of the predictions, as-of date, scored indicator with a reading, and hypothesis.
-- Reads: reading_evidence, indicator
-- Conditions and outcomes are whole indicators by role; the other subsets come as they are.
select
    tracker_id,
    subset,
    as_of,
    indicator_id,
    group_id,
    scenario_id,
    onset,
    log_ratio,
    log_ratio_contaminated,
    z,
    is_defining
from reading_evidence
union all by name
select
    evidence.tracker_id,
    indicator.role || 's' as subset,
    evidence.as_of,
    evidence.indicator_id,
    evidence.group_id,
    evidence.scenario_id,
    evidence.onset,
    evidence.log_ratio,
    evidence.log_ratio_contaminated,
    evidence.z,
    evidence.is_defining
from reading_evidence as evidence
inner join indicator
    on evidence.tracker_id = indicator.tracker_id and evidence.indicator_id = indicator.indicator_id
where evidence.subset = 'all' and indicator.role in ('condition', 'outcome')
