-- Severity: critical
-- Target: reading
-- Rule: the shares of the claims pooled into one reading sum to 1.
-- Grain: one row per reading that breaks it.
-- Reads: reading_claim
select
    tracker_id,
    as_of,
    indicator_id,
    sum(pool_weight) as total
from reading_claim
group by tracker_id, as_of, indicator_id
having not abs(sum(pool_weight) - 1) < 1e-9
