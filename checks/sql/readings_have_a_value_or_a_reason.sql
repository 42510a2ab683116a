-- Severity: critical
-- Target: reading
-- Rule: where nothing is read, or nothing was seen, one of the four causes is named; where something is, none is.
-- Grain: one row per reading that breaks it.
-- Reads: reading
select
    tracker_id,
    as_of,
    indicator_id,
    kind,
    missing_reason
from reading
where (kind is null or kind = 'none_seen') = (missing_reason is null)
