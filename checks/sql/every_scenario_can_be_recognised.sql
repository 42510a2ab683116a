-- Severity: warning
-- Target: recognition
-- Rule: a scenario that happened as it says would be believed by more than .8 three years after it began, six years
-- after the clock started if it needs no beginning.
-- Grain: one row per scenario, onset and coverage that would not be recognised.
-- Reads: recognition, tracker
select
    recognition.tracker_id,
    recognition.scenario_id,
    recognition.onset,
    recognition.coverage,
    recognition.year,
    recognition.posterior
from recognition
inner join tracker on recognition.tracker_id = tracker.tracker_id
where
    recognition.coverage <> 'present'
    and recognition.scenario_id = recognition.of_scenario
    and recognition.year = least(
        year(tracker.horizon_end),
        greatest(
            year(tracker.t0 + to_days(cast(round(recognition.onset * 365.25) as integer))) + 3,
            year(tracker.t0) + 5
        )
    )
    and recognition.posterior <= 0.8
