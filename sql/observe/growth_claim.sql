-- Grain: one row per growth claim that a nowcast can be made of: from 1 January, its months known, its base given.
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
    and base_value is not null
    and base_published_on is not null
    and month(period_start) = 1
    and day(period_start) = 1
    and year(period_start) = year(period_end)
order by tracker_id, claim_id
