-- Grain: one row per as-of date, indicator and report on a value or category: the newest claim of each speaker in the
-- reading's bucket.
-- Reads: known_claim, nowcast
-- Bucket: the newest calendar year (of period_end) that a claim opens; of an irregular indicator, the trailing months
-- before the date. A claim opens a year only if it covers at least half of the indicator's usual period, a nowcast at
-- least so many known months. Growth enters as a nowcast, once its base was published. A final claim stands alone.
with spoken as (
    select
        known.tracker_id,
        known.as_of,
        known.indicator_id,
        known.claim_id,
        known.speaker,
        known.published_on,
        known.period_start,
        known.t0,
        known.latest_start,
        known.frequency,
        known.trailing_months,
        known.status,
        known.reliability_value,
        known.category,
        known.value_low,
        known.value_high,
        known.trials,
        if(known.kind = 'growth', 'nowcast', known.kind) as kind,
        if(known.kind = 'growth', nowcast.value, known.value) as value,
        if(known.kind = 'growth', nowcast.log_sd, 0) as log_sd,
        if(known.kind = 'growth', make_date(year(known.period_end), 12, 31), known.period_end) as reading_date,
        known.period_end,
        if(
            known.kind = 'growth',
            nowcast.months >= known.least_months,
            date_diff('day', known.period_start, known.period_end) + 1
            >= 0.5 * coalesce(known.usual_period_months, 0) * 30.4375
        ) as opens
    from known_claim as known
    left join nowcast
        on known.tracker_id = nowcast.tracker_id and known.claim_id = nowcast.claim_id
    where
        known.family in ('value', 'category')
        and (
            known.kind in ('value', 'interval', 'category')
            or (known.kind = 'growth' and nowcast.claim_id is not null and known.base_published_on <= known.as_of)
        )
        and known.trials is null
),

timed as (
    select
        *,
        frequency = 'irregular' as is_irregular,
        reading_date > t0 and reading_date > coalesce(latest_start, t0) as is_ahead
    from spoken
),

opened as (
    select
        tracker_id,
        as_of,
        indicator_id,
        max(year(period_end)) filter (where opens and is_ahead) as newest_year_ahead,
        max(year(period_end)) filter (where opens) as newest_year
    from timed
    group by tracker_id, as_of, indicator_id
),

in_bucket as (
    select timed.*
    from timed
    inner join opened
        on
            timed.tracker_id = opened.tracker_id
            and timed.as_of = opened.as_of
            and timed.indicator_id = opened.indicator_id
    where
        if(
            timed.is_irregular,
            timed.period_end > timed.as_of - to_months(timed.trailing_months),
            year(timed.period_end) = coalesce(opened.newest_year_ahead, opened.newest_year)
        )
        and (timed.is_ahead or opened.newest_year_ahead is null or timed.is_irregular)
),

newest as (
    select *
    from in_bucket
    qualify
        row_number() over (
            partition by tracker_id, as_of, indicator_id, speaker
            order by is_ahead desc, published_on desc, claim_id desc
        ) = 1
),

standing as (
    select *
    from newest
    qualify
        (status = 'final' or not bool_or(status = 'final') over (partition by tracker_id, as_of, indicator_id))
        and (is_ahead or not bool_or(is_ahead) over (partition by tracker_id, as_of, indicator_id))
)

select
    tracker_id,
    as_of,
    indicator_id,
    claim_id as report_id,
    claim_id,
    kind,
    value,
    value_low,
    value_high,
    category,
    reading_date,
    log_sd,
    reliability_value as reliability,
    is_ahead as can_score
from standing
