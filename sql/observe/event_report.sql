-- Grain: one row per as-of date, event and report on it: the newest of each speaker; of happenings the first date, of
-- several `none seen` the newest only.
-- Reads: known_claim
-- A `none seen` older than the claimed date is dropped: it could not have seen it.
with spoken as (
    select *
    from known_claim
    where
        family = 'event'
        and (
            (kind = 'event' and happened_to <= as_of)
            or (kind = 'none_seen' and searched_until <= as_of)
        )
),

newest as (
    select *
    from spoken
    qualify
        row_number() over (
            partition by tracker_id, as_of, indicator_id, speaker
            order by
                published_on desc, kind asc, happened_from asc nulls last, searched_until desc nulls last, claim_id desc
        ) = 1
),

dated as (
    select
        *,
        min(happened_from) over (partition by tracker_id, as_of, indicator_id) as first_day,
        max(searched_until) filter (where kind = 'none_seen')
            over (partition by tracker_id, as_of, indicator_id) as last_search
    from newest
),

kept as (
    select *
    from dated
    where
        kind = 'event'
        or (searched_until = last_search and (first_day is null or searched_until >= first_day))
)

select
    tracker_id,
    as_of,
    indicator_id,
    claim_id as report_id,
    claim_id,
    kind,
    happened_from,
    happened_to,
    if(kind = 'event', happened_to, searched_until) as reading_date,
    reliability_value as reliability,
    if(kind = 'event', happened_to, searched_until) > t0 as can_score
from kept
qualify
    kind = 'event'
    or row_number() over (
        partition by tracker_id, as_of, indicator_id, kind order by reliability_value desc, claim_id desc
    ) = 1
