-- Question: Which scenarios fit the readings badly, and does none of them fit?
-- Columns: tracker_id, scenario_id, surprise, alarm
select
    surprise.tracker_id,
    surprise.scenario_id,
    surprise.surprise,
    surprise.alarm
from latest_surprise as surprise
order by surprise.tracker_id, surprise.surprise, surprise.scenario_id
