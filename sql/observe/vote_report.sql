-- Grain: one row per as-of date and indicator whose reading is k of n dated votes or statements since t0.
-- Reads: known_claim
select
    tracker_id,
    as_of,
    indicator_id,
    'list' as report_id,
    'share_count' as kind,
    sum(value) as value,
    cast(sum(trials) as integer) as trials,
    max(coalesce(happened_to, period_end)) as reading_date,
    avg(reliability_value) as reliability
from known_claim
where
    family = 'value'
    and kind = 'count'
    and trials is not null
    and coalesce(happened_from, period_start, period_end) >= t0
    and coalesce(happened_to, period_end) <= as_of
group by tracker_id, as_of, indicator_id
