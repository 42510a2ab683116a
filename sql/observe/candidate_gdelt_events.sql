-- Grain: one row per indicator, period and version of the document.
-- Reads: gdelt_event_day, feed
-- A month is a scope of its own: another month's files take nothing of it back.
-- Events a day, over the days of a whole month from which files were read; fewer than 20 such days are no month.
with pair_day as (
    select
        series,
        day,
        sum(events) as events,
        sum(goldstein_sum order by quad_class) as goldstein_sum,
        max(fetched_at) as fetched_at,
        max_by(sha256, fetched_at) as sha256
    from gdelt_event_day
    group by series, day
),

month_value as (
    select
        series,
        'exports' as document,
        cast(date_trunc('month', day) as date) as period_start,
        last_day(day) as period_end,
        avg(events) as value,
        sum(goldstein_sum order by day) as goldstein_sum,
        count(*) as days,
        max(fetched_at) as fetched_at,
        max_by(sha256, (fetched_at, day)) as sha256
    from pair_day
    group by series, date_trunc('month', day), last_day(day)
    having count(*) >= 20
)

select
    feed.tracker_id,
    feed.indicator_id,
    'value' as kind,
    month_value.period_start,
    month_value.period_end,
    month_value.value * feed.scale as value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    cast(null as varchar) as category,
    cast(null as date) as happened_from,
    cast(null as date) as happened_to,
    cast(null as integer) as trials,
    cast(null as date) as searched_until,
    cast(null as double) as base_value,
    cast(null as double) as base_part,
    cast(null as date) as base_published_on,
    cast(null as date) as planned_for,
    feed.unit,
    feed.source_id,
    feed.source_name,
    feed.source_name as speaker,
    cast(null as varchar) as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(month_value.period_end + interval 1 day as date) as published_on,
    false as published_on_inferred,
    month_value.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    month_value.sha256,
    cast(null as integer) as row_number,
    month_value.document || '/' || month_value.period_start as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    month_value.days || ' days with files; Goldstein values sum to ' || round(month_value.goldstein_sum, 1) as note
from month_value
inner join feed
    on
        month_value.series = feed.series
        and month_value.document = feed.document
        and feed.source_id = 'gdelt_events'
where month_value.period_end < cast(month_value.fetched_at as date)
