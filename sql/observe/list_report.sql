-- Grain: one row per as-of date, indicator and report on counted events: the list, and the newest `none seen`.
-- Reads: known_claim
-- A list counts its events since exposure start. Closed by a searched_until that no event is later than, it is exact up
-- to that day; open, it is incomplete by an unknown share up to the as-of date. r is the mean of the events' r.
with event_claim as (
    select
        *,
        coalesce(happened_to, period_end) as event_day,
        coalesce(happened_from, period_start, period_end) as first_day
    from known_claim
    where family = 'count' and kind = 'count' and trials is null
),

counted as (
    select *
    from event_claim
    where first_day >= exposure_start and event_day <= as_of
),

listed as (
    select
        tracker_id,
        as_of,
        indicator_id,
        any_value(exposure_start) as exposure_start,
        sum(value) as value,
        avg(reliability_value) as reliability,
        max(event_day) as last_event,
        max(searched_until) filter (where searched_until <= as_of) as searched_until
    from counted
    group by tracker_id, as_of, indicator_id
),

none_seen as (
    select *
    from known_claim
    where family = 'count' and kind = 'none_seen' and searched_until <= as_of and searched_until >= exposure_start
    qualify
        row_number() over (
            partition by tracker_id, as_of, indicator_id
            order by searched_until desc, reliability_value desc, published_on desc, claim_id desc
        ) = 1
)

select
    tracker_id,
    as_of,
    indicator_id,
    'list' as report_id,
    if(searched_until >= last_event, 'count', 'open_count') as kind,
    value,
    if(searched_until >= last_event, searched_until, as_of) as reading_date,
    exposure_start,
    if(searched_until >= last_event, searched_until, as_of) as exposure_end,
    reliability
from listed
union all
select
    tracker_id,
    as_of,
    indicator_id,
    claim_id as report_id,
    'none_seen' as kind,
    0 as value,
    searched_until as reading_date,
    exposure_start,
    searched_until as exposure_end,
    reliability_value as reliability
from none_seen
