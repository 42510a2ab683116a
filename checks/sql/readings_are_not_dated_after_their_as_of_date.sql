-- Severity: critical
-- Target: reading
-- Rule: no reading is dated after its as-of date; what it is scored at may lie after it for a nowcast alone.
-- Grain: one row per reading dated after its as-of date, or scored there though it is no nowcast.
-- Reads: reading
select
    tracker_id,
    as_of,
    indicator_id,
    kind,
    reading_date,
    scored_at
from reading
where reading_date > as_of or (scored_at > as_of and kind not in ('nowcast', 'mixed'))
