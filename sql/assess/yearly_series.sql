-- Grain: one row per indicator and calendar year before its tracker began: the newest published yearly value.
-- Reads: claim, indicator, tracker
-- Full years only: a period of at least eleven months that ends in the year. Intervals count as their middle.
with yearly as (
    select
        claim.tracker_id,
        claim.indicator_id,
        cast(year(claim.period_end) as integer) as year,
        coalesce(claim.value, (claim.value_low + claim.value_high) / 2) as value,
        claim.published_on,
        claim.claim_id
    from claim
    inner join tracker on claim.tracker_id = tracker.tracker_id
    where
        claim.kind in ('value', 'interval')
        and claim.superseded_by is null
        and not claim.held
        and claim.status <> 'withdrawn'
        and claim.period_end < tracker.t0
        and date_diff('day', claim.period_start, claim.period_end) between 330 and 370
)

select
    yearly.tracker_id,
    yearly.indicator_id,
    yearly.year,
    yearly.value
from yearly
inner join indicator
    on yearly.tracker_id = indicator.tracker_id and yearly.indicator_id = indicator.indicator_id
where yearly.value > 0
qualify
    row_number() over (
        partition by yearly.tracker_id, yearly.indicator_id, yearly.year
        order by yearly.published_on desc, yearly.claim_id desc
    ) = 1
order by yearly.tracker_id, yearly.indicator_id, yearly.year
