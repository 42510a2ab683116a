-- Grain: one row per as-of date, event and report on it: of each speaker the newest claim, an event with the first date
-- on which that speaker lets it happen; of several `none seen` the newest alone.
-- Reads: known_claim
-- A `none seen` older than the event's date is dropped: it could not have seen it. An event before t0 is shown only
-- where there is nothing else.
with spoken as (
    select
        *,
        coalesce(happened_to, searched_until) as reading_date,
        coalesce(happened_to, searched_until) >= t0 as can_score
    from known_claim
    where
        family = 'event'
        and (
            (kind = 'event' and happened_to <= as_of)
            or (kind = 'none_seen' and searched_until <= as_of)
        )
),

counting as (
    select *
    from spoken
    qualify can_score = bool_or(can_score) over (partition by tracker_id, as_of, indicator_id)
),

last_word as (
    select
        *,
        first_value(kind) over (
            partition by tracker_id, as_of, indicator_id, speaker
            order by published_on desc, recorded_at desc, kind asc, claim_id desc
            rows between unbounded preceding and unbounded following
        ) as said_last
    from counting
),

of_speaker as (
    select *
    from last_word
    where kind = said_last
    qualify
        row_number() over (
            partition by tracker_id, as_of, indicator_id, speaker
            order by happened_from asc, happened_to asc, searched_until desc, published_on desc, claim_id asc
        ) = 1
),

dated as (
    select
        *,
        min(happened_to) over (partition by tracker_id, as_of, indicator_id) as first_date,
        row_number() over (
            partition by tracker_id, as_of, indicator_id, kind
            order by searched_until desc, reliability_value desc, published_on desc, claim_id asc
        ) as recency
    from of_speaker
)

select
    tracker_id,
    as_of,
    indicator_id,
    claim_id as report_id,
    kind,
    happened_from,
    happened_to,
    reading_date,
    reliability_value as reliability,
    can_score
from dated
where
    kind = 'event'
    or (recency = 1 and (first_date is null or searched_until >= first_date))
