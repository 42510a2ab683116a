-- Grain: one row per as-of date, scored indicator with a reading, and hypothesis.
-- Reads: reading_evidence, tracker
select
    evidence.tracker_id,
    evidence.as_of,
    evidence.indicator_id,
    evidence.scenario_id,
    evidence.onset,
    evidence.log_ratio,
    evidence.log_ratio_contaminated,
    evidence.z,
    if(evidence.is_defining, tracker.defining_weight, tracker.evidence_weight) as weight
from reading_evidence as evidence
inner join tracker on evidence.tracker_id = tracker.tracker_id
where evidence.subset = 'all'
order by all
