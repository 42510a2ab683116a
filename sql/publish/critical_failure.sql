-- Grain: one row per critical check that failed in this run.
-- Reads: check_result
select
    check_name,
    target,
    detail
from check_result
where severity = 'critical' and not passed
order by target, check_name
