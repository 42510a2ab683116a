-- Grain: one row per as-of date, event and older look at it that saw nothing.
-- Reads: known_claim, pooled_report
-- The reading's own newest look is link 1. Older ones follow, one a day (the most reliable), at most three; where there
-- are more, those that nobody verified give way to graded ones. A look older than the event's date saw nothing of it,
-- and one before the clock says nothing.
with newest as (
    select
        tracker_id,
        as_of,
        indicator_id,
        max(reading_date) filter (where kind = 'none_seen') as looked_until,
        max(happened_to) as first_date
    from pooled_report
    where scored
    group by tracker_id, as_of, indicator_id
),

look as (
    select
        known.tracker_id,
        known.as_of,
        known.indicator_id,
        known.claim_id as report_id,
        known.searched_until as reading_date,
        known.reliability_value as reliability
    from known_claim as known
    inner join newest
        on
            known.tracker_id = newest.tracker_id
            and known.as_of = newest.as_of
            and known.indicator_id = newest.indicator_id
    where
        known.family = 'event'
        and known.kind = 'none_seen'
        and known.reliability_value > 0
        and known.searched_until >= known.t0
        and known.searched_until < newest.looked_until
        and (newest.first_date is null or known.searched_until >= newest.first_date)
    qualify
        row_number() over (
            partition by known.tracker_id, known.as_of, known.indicator_id, known.searched_until
            order by known.reliability_value desc, known.published_on desc, known.claim_id asc
        ) = 1
),

kept as (
    select *
    from look
    qualify
        row_number() over (
            partition by tracker_id, as_of, indicator_id order by reliability > 0.25 desc, reading_date desc
        ) <= 3
)

select
    tracker_id,
    as_of,
    indicator_id,
    report_id,
    cast(
        1 + row_number() over (partition by tracker_id, as_of, indicator_id order by reading_date desc) as integer
    ) as position,
    reading_date,
    reliability
from kept
order by tracker_id, as_of, indicator_id, position
