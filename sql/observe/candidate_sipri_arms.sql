-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_sipri_arms, feed
-- Delivered value counts in the year of the last delivery: the register does not split it over the years.
with year_value as (
    select
        document,
        sha256,
        fetched_at,
        url,
        'delivered_tiv' as series,
        last_delivery_year as year,
        sum(tiv_delivered order by row_number) as value,
        max(row_number) as row_number
    from raw_sipri_arms
    where last_delivery_year is not null and tiv_delivered is not null
    group by document, sha256, fetched_at, url, last_delivery_year
    union all by name
    select
        document,
        sha256,
        fetched_at,
        url,
        'orders' as series,
        order_year as year,
        cast(count(*) as double) as value,
        max(row_number) as row_number
    from raw_sipri_arms
    group by document, sha256, fetched_at, url, order_year
)

select
    feed.tracker_id,
    feed.indicator_id,
    'value' as kind,
    make_date(year_value.year, 1, 1) as period_start,
    make_date(year_value.year, 12, 31) as period_end,
    year_value.value * feed.scale as value,
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
    year_value.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(year_value.fetched_at as date) as published_on,
    true as published_on_inferred,
    year_value.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    year_value.sha256,
    year_value.row_number,
    year_value.document as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    cast(null as varchar) as note
from year_value
inner join feed
    on
        year_value.series = feed.series
        and split_part(year_value.document, '/', 1) = feed.document
        and feed.source_id = 'sipri_arms'
where make_date(year_value.year, 12, 31) < cast(year_value.fetched_at as date)
