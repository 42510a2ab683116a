-- Grain: one row per as-of date, indicator, link of its chain and observation on a value or category: the newest claim
-- of each speaker in the bucket that is the link.
-- Reads: known_claim, nowcast
-- Bucket: the calendar year (of period_end) that a claim opens; of an irregular indicator, the trailing months before
-- the date, and as many before those. The newest bucket is link 1 and makes the reading; what it leaves unbelieved
-- falls to the one before, if that ended after t0 and is at most 36 months older, four links in all.
-- A part is not the whole: a level or share opens a year if it covers at least half of the usual period, a flow only if
-- it covers all of it, growth as a nowcast of its year if it knows at least so many months. A figure of a period that
-- was not over when it was published is an estimate: once half of it was over a nowcast, the wider the more was open,
-- before that shown. Two observations are rivals only if their periods overlap by at least half of the longer; else the
-- newest stands. One is dated by the day up to which it speaks, and scored at the end of what it is about: of a nowcast
-- the end of its year. A final claim stands alone. Claims on or before the predictions' latest start, or whose period
-- ended before t0, make a reading that is shown only, and none where there are others.
with spoken as (
    select
        known.tracker_id,
        known.as_of,
        known.indicator_id,
        known.claim_id,
        known.speaker,
        known.published_on,
        known.recorded_at,
        known.row_number as line,
        known.period_end,
        known.t0,
        known.latest_start,
        known.frequency = 'irregular' as is_irregular,
        known.trailing_months,
        known.status,
        known.reliability_value,
        known.category,
        known.value_low,
        known.value_high,
        case
            when known.kind = 'growth' then cast(date_trunc('year', known.period_end) as date) else known.period_start
        end as spoken_from,
        known.kind,
        known.period_start,
        case when known.kind = 'growth' then nowcast.value else known.value end as value,
        case when known.kind = 'growth' then nowcast.log_sd else 0 end as log_sd,
        case
            when known.kind = 'growth' then cast(date_trunc('year', known.period_end) + interval 1 year as date) - 1
            else known.period_end
        end as scored_at,
        case
            when known.kind <> 'growth' and known.period_end > known.published_on + 1
                then least(known.period_end, known.published_on)
            else least(known.period_end, known.as_of)
        end as reading_date,
        case
            when known.kind = 'growth' then nowcast.months >= known.least_months
            when known.usual_period_months is null then true
            when known.quantity = 'flow'
                then
                    known.period_end + 1 + interval 1 day * least(15, 2 * known.usual_period_months)
                    >= known.period_start + interval 1 month * known.usual_period_months
            when known.frequency = 'irregular' then true
            else
                known.period_end + 1 >= known.period_start
                + interval 1 month * (known.usual_period_months // 2)
                + interval 15 day * (known.usual_period_months % 2)
        end as is_long_enough,
        known.takes_growth,
        known.rest_sd,
        case
            when known.kind <> 'growth' and known.period_end > known.published_on + 1
                then (known.period_end - known.published_on) / (known.period_end - known.period_start + 1)
        end as open_share
    from known_claim as known
    left join nowcast
        on known.tracker_id = nowcast.tracker_id and known.claim_id = nowcast.claim_id
    where
        (known.family = 'value' and known.kind in ('value', 'interval'))
        or (known.family = 'category' and known.kind = 'category')
        or (
            known.family = 'value'
            and known.takes_growth
            and known.kind = 'growth'
            and nowcast.claim_id is not null
            and known.base_published_on <= known.as_of
        )
),

timely as (
    select
        * replace (
            case
                when kind = 'growth' or open_share is not null then 'nowcast' else kind
            end as kind,
            case when open_share is not null then coalesce(value, sqrt(value_low * value_high)) else value end as value,
            case when open_share is not null then rest_sd * sqrt(open_share) else log_sd end as log_sd
        )
    from spoken
    where
        is_long_enough
        and (
            open_share is null
            or (takes_growth and open_share <= 0.5 and coalesce(value, value_low * value_high) is not null)
        )
),

dated as (
    select
        *,
        scored_at >= t0 and scored_at > coalesce(latest_start, t0 - 1) as can_score,
        case
            when not is_irregular
                then max(year(period_end)) over (partition by tracker_id, as_of, indicator_id) - year(period_end)
            when period_end > as_of - interval 1 month * trailing_months then 0
            when period_end > as_of - interval 1 month * (2 * trailing_months) then 1
            when period_end > as_of - interval 1 month * (3 * trailing_months) then 2
        end as bucket
    from timely
    where not is_irregular or period_end <= as_of
),

in_bucket as (
    select
        *,
        max(scored_at) over (partition by tracker_id, as_of, indicator_id, bucket) as bucket_end
    from dated
    where bucket is not null
    qualify min(bucket) over (partition by tracker_id, as_of, indicator_id) = 0
),

newest as (
    select *
    from in_bucket
    qualify
        can_score = bool_or(can_score) over (partition by tracker_id, as_of, indicator_id, bucket)
        and row_number() over (
            partition by tracker_id, as_of, indicator_id, bucket, speaker
            order by
                can_score desc, scored_at desc, published_on desc, recorded_at desc, line desc nulls last,
                claim_id desc
        ) = 1
),

anchored as (
    select
        *,
        first_value(spoken_from) over anchor as anchor_from,
        first_value(scored_at) over anchor as anchor_to
    from newest
    window
        anchor as (
            partition by tracker_id, as_of, indicator_id, bucket
            order by scored_at desc, published_on desc, recorded_at desc, line desc nulls last, claim_id desc
        )
),

rivals as (
    select *
    from anchored
    where
        least(scored_at, anchor_to) - greatest(spoken_from, anchor_from) + 1
        >= 0.5 * greatest(scored_at - spoken_from + 1, anchor_to - anchor_from + 1)
    qualify
        (status = 'final' and kind <> 'nowcast')
        or not bool_or(status = 'final' and kind <> 'nowcast') over (
            partition by tracker_id, as_of, indicator_id, bucket
        )
),

linked as (
    select
        *,
        dense_rank() over (partition by tracker_id, as_of, indicator_id order by bucket) as position
    from rivals
    qualify
        bucket = 0
        or (
            can_score
            and bucket_end + interval 36 month >= max(bucket_end) over (partition by tracker_id, as_of, indicator_id)
        )
)

select
    tracker_id,
    as_of,
    indicator_id,
    position,
    claim_id as observation_id,
    kind,
    value,
    value_low,
    value_high,
    category,
    reading_date,
    scored_at,
    log_sd,
    reliability_value as reliability,
    can_score
from linked
where position <= 4
