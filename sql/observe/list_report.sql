-- Grain: one row per as-of date, indicator and report on counted events: the list, and the newest `none seen`.
-- Reads: counted_claim, known_claim
-- A list counts its events since exposure start. Closed by a searched_until that no event is later than, it is exact up
-- to that day; open, it is incomplete by an unknown share up to the as-of date. r is the mean of the events' r. A
-- `none seen` is a report of no event up to its date.
with listed as (
    select
        tracker_id,
        as_of,
        indicator_id,
        any_value(exposure_start) as exposure_start,
        any_value(t0) as t0,
        sum(value order by claim_id) as value,
        avg(reliability_value order by claim_id) as reliability,
        max(counted_on) as last_event,
        max(case when searched_until <= as_of then searched_until end) as searched_until
    from counted_claim
    where family = 'count'
    group by tracker_id, as_of, indicator_id
),

dated as (
    select
        *,
        coalesce(searched_until >= last_event, false) as is_closed,
        case when searched_until >= last_event then searched_until else as_of end as exposure_end
    from listed
),

none_seen as (
    select *
    from known_claim
    where family = 'count' and kind = 'none_seen' and searched_until <= as_of and searched_until > exposure_start
    qualify
        row_number() over (
            partition by tracker_id, as_of, indicator_id
            order by searched_until desc, reliability_value desc, published_on desc, claim_id asc
        ) = 1
)

select
    tracker_id,
    as_of,
    indicator_id,
    'list' as report_id,
    case when is_closed then 'count' else 'open_count' end as kind,
    value,
    exposure_end as reading_date,
    exposure_start,
    exposure_end,
    reliability,
    exposure_end >= t0 as can_score
from dated
where exposure_end > exposure_start
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
    reliability_value as reliability,
    searched_until >= t0 as can_score
from none_seen
