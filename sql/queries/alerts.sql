-- Question: Which alerts has this release raised, and were they delivered?
-- Columns: tracker_id, severity, kind, message, indicator_id, scenario_id, delivery
select
    alert.tracker_id,
    alert.severity,
    alert.kind,
    alert.message,
    alert.indicator_id,
    alert.scenario_id,
    alert.delivery
from alert
order by alert.severity, alert.tracker_id, alert.alert_key
