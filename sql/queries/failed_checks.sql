-- Question: Which checks failed in this release?
-- Columns: check_name, target, severity, failing_rows, detail
select
    check_result.check_name,
    check_result.target,
    check_result.severity,
    check_result.failing_rows,
    check_result.detail
from check_result
where not check_result.passed
order by check_result.severity, check_result.target, check_result.check_name
