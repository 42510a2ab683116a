-- Grain: one row per growth claim that a nowcast can be made of: whole months from 1 January, and its base given.
-- Reads: claim
select
    tracker_id,
    claim_id,
    value,
    base_value,
    base_part,
    cast(month(period_end) as double) as months
from claim
where
    kind = 'growth'
    and value is not null
    and base_value is not null
    and base_published_on is not null
    and period_start = cast(date_trunc('year', period_end) as date)
    and period_end = last_day(period_end)
order by tracker_id, claim_id
