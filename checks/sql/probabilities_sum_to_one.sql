-- Severity: critical
-- Target: scenario_probability
-- Rule: the odds of one as-of date and variant sum to 1.
-- Grain: one row per as-of date and variant that breaks it.
-- Reads: scenario_probability
select
    tracker_id,
    as_of,
    variant,
    sum(posterior) as total
from scenario_probability
group by tracker_id, as_of, variant
having not abs(sum(posterior) - 1) < 1e-9
