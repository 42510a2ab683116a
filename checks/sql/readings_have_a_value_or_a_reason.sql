-- Severity: critical
-- Target: reading
-- Rule: where there is no reading a reason is named; a scored one has none.
-- Grain: one row per reading that breaks it.
-- Reads: reading
select
    tracker_id,
    as_of,
    indicator_id,
    kind,
    missing_reason
from reading
where (kind is null and missing_reason is null) or (scored and missing_reason is not null)
