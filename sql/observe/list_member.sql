-- Grain: one row per as-of date, indicator and claim that is part of a list: counted events, or votes of a k of n.
-- Reads: known_claim
select
    tracker_id,
    as_of,
    indicator_id,
    claim_id,
    'list' as report_id
from known_claim
where
    kind = 'count'
    and coalesce(happened_to, period_end) <= as_of
    and (
        (family = 'count' and trials is null and coalesce(happened_from, period_start, period_end) >= exposure_start)
        or (family = 'value' and trials is not null and coalesce(happened_from, period_start, period_end) >= t0)
    )
