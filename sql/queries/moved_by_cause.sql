-- Question: By what has each scenario moved since the release before: readings, revisions, time, or our own edits?
-- Columns: tracker_id, scenario_id, cause, move
select
    change.tracker_id,
    change.scenario_id,
    change.cause,
    sum(change.move) as move
from change
group by change.tracker_id, change.scenario_id, change.cause
order by change.tracker_id asc, change.scenario_id asc, abs(sum(change.move)) desc, change.cause asc
