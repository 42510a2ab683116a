-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_rial_market, feed
-- Mean of the month's quoted days, for whole months only; a whole month is known on the day after its end.
with month_value as (
    select
        document,
        series,
        sha256,
        fetched_at,
        any_value(url) as url,
        cast(date_trunc('month', period_start) as date) as period_start,
        last_day(period_start) as period_end,
        avg(value order by row_number) as value,
        max(row_number) as row_number,
        count(*) as days
    from raw_rial_market
    group by document, series, sha256, fetched_at, date_trunc('month', period_start), last_day(period_start)
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
    month_value.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(month_value.period_end + interval 1 day as date) as published_on,
    false as published_on_inferred,
    month_value.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    month_value.sha256,
    month_value.row_number,
    month_value.document as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    month_value.days || ' days' as note
from month_value
inner join feed
    on
        month_value.series = feed.series
        and split_part(month_value.document, '/', 1) = feed.document
        and feed.source_id = 'rial_market'
where month_value.period_end < cast(month_value.fetched_at as date)
