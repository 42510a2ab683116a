-- Grain: one row per as-of date and claim that is counted: a dated event since exposure start, or a vote since t0.
-- Reads: known_claim
select
    *,
    'list' as report_id,
    coalesce(happened_to, period_end) as counted_on
from known_claim
where
    kind = 'count'
    and coalesce(happened_to, period_end) <= as_of
    and (
        (family = 'count' and trials is null and coalesce(happened_from, period_start, period_end) >= exposure_start)
        or (family = 'value' and trials is not null and coalesce(happened_from, period_start, period_end) >= t0)
    )
