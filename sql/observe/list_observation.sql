-- Grain: one row per as-of date, indicator and list of counted events.
-- Reads: counted_claim, list_search
-- A list counts its events from exposure start. Closed by its publisher, it is exact up to that day; searched, it holds
-- an estimated share of the events up to the last day that the search covers; searched by nobody, it is shown up to the
-- as-of date and not scored. r is the mean of the events' r; of a search that found nothing, the middle of its reach.
with listed as (
    select
        tracker_id,
        as_of,
        indicator_id,
        any_value(exposure_start) as exposure_start,
        any_value(t0) as t0,
        round(sum(value * event_share order by claim_id), 9) as value,
        sum(event_reliability * event_share order by claim_id) / sum(event_share order by claim_id) as reliability,
        any_value(list_closed) as list_closed,
        max(looked_until) as looked_until
    from counted_claim
    where family = 'count'
    group by tracker_id, as_of, indicator_id
),

searched as (
    select
        tracker_id,
        as_of,
        indicator_id,
        exposure_start,
        t0,
        looked_until,
        (reach_low + reach_high) / 2 as reach
    from list_search
),

dated as (
    select
        coalesce(listed.tracker_id, searched.tracker_id) as tracker_id,
        coalesce(listed.as_of, searched.as_of) as as_of,
        coalesce(listed.indicator_id, searched.indicator_id) as indicator_id,
        coalesce(listed.exposure_start, searched.exposure_start) as exposure_start,
        coalesce(listed.t0, searched.t0) as t0,
        coalesce(listed.value, 0) as value,
        coalesce(listed.reliability, searched.reach) as reliability,
        coalesce(listed.list_closed, false) as list_closed,
        coalesce(listed.looked_until, searched.looked_until) as looked_until
    from listed
    full join searched
        on
            listed.tracker_id = searched.tracker_id
            and listed.as_of = searched.as_of
            and listed.indicator_id = searched.indicator_id
)

select
    tracker_id,
    as_of,
    indicator_id,
    'list' as observation_id,
    case when list_closed then 'count' else 'open_count' end as kind,
    value,
    coalesce(looked_until, as_of) as reading_date,
    exposure_start,
    coalesce(looked_until, as_of) as exposure_end,
    reliability,
    coalesce(looked_until >= t0, false) as can_score
from dated
where coalesce(looked_until, as_of) > exposure_start
