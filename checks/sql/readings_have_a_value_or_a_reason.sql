-- Severity: critical
-- Target: reading
-- Rule: where there is no reading, one of the four causes is named; where there is one, none is.
-- Grain: one row per reading that breaks it.
-- Reads: reading
select
    tracker_id,
    as_of,
    indicator_id,
    kind,
    missing_reason
from reading
where (kind is null) = (missing_reason is null)
