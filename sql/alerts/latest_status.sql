-- Grain: one row per indicator and scenario of an earlier release: its status word then.
-- Reads: latest_assessment, tracker
select
    latest_assessment.tracker_id,
    latest_assessment.indicator_id,
    latest_assessment.scenario_id,
    latest_assessment.status,
    tracker.scenario_version
from latest_assessment
inner join tracker on latest_assessment.tracker_id = tracker.tracker_id
