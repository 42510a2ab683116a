-- Grain: one row per check of the release: what is expected, and whether the rows were so.
-- Reads: check_result
select
    target,
    check_name,
    severity,
    passed,
    failing_rows,
    checked_rows,
    detail,
    first_rows
from check_result
order by passed, severity, target, check_name
