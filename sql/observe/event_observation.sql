-- Grain: one row per as-of date, event and observation on it: of each speaker the newest claim, an event with the first
-- date on which that speaker lets it happen; of `none seen` the links of a chain, one a date, the newest first.
-- Reads: known_claim
-- The newest look is link 1 and stands in the pool; what it leaves unbelieved falls to the one before, four in all. Of
-- looks up to one day the most reliable counts, and one that nobody verified takes no graded one's place.
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
    where kind = said_last and kind = 'event'
    qualify
        row_number() over (
            partition by tracker_id, as_of, indicator_id, speaker
            order by happened_from asc, happened_to asc, published_on desc, claim_id asc
        ) = 1
),

first_event as (
    select
        tracker_id,
        as_of,
        indicator_id,
        min(happened_to) as first_date
    from of_speaker
    group by tracker_id, as_of, indicator_id
),

look as (
    select last_word.*
    from last_word
    left join first_event
        on
            last_word.tracker_id = first_event.tracker_id
            and last_word.as_of = first_event.as_of
            and last_word.indicator_id = first_event.indicator_id
    where
        last_word.kind = 'none_seen'
        and last_word.said_last = 'none_seen'
        and coalesce(last_word.searched_until >= first_event.first_date, true)
    qualify
        row_number() over (
            partition by last_word.tracker_id, last_word.as_of, last_word.indicator_id, last_word.searched_until
            order by last_word.reliability_value desc, last_word.published_on desc, last_word.claim_id asc
        ) = 1
),

kept_look as (
    select *
    from look
    qualify
        row_number() over (
            partition by tracker_id, as_of, indicator_id
            order by status = 'unverified', searched_until desc
        ) <= 4
),

linked as (
    select
        *,
        1 as position
    from of_speaker
    union all by name
    select
        *,
        row_number() over (partition by tracker_id, as_of, indicator_id order by searched_until desc) as position
    from kept_look
)

select
    tracker_id,
    as_of,
    indicator_id,
    cast(position as integer) as position,
    claim_id as observation_id,
    kind,
    happened_from,
    happened_to,
    reading_date,
    reliability_value as reliability,
    can_score
from linked
