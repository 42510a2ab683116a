-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_ucdp_ged, feed
-- Deaths by the year in which an event starts; only where every event that the publisher announces is there.
with newest as (
    select
        *,
        split_part(document, '/', 1) as country,
        max(fetched_at) over (partition by split_part(document, '/', 1)) as gathered_at
    from raw_ucdp_ged
    qualify fetched_at = max(fetched_at) over (partition by document)
),

whole as (
    select country
    from newest
    group by country
    having count(distinct event_id) = max(total) and count(distinct document) = max(total_pages)
),

year_value as (
    select
        country as document,
        series,
        year(period_start) as year,
        sum(value order by document, row_number) as value,
        sum(value_low order by document, row_number) as value_low,
        sum(value_high order by document, row_number) as value_high,
        max(gathered_at) as fetched_at,
        max_by(sha256, document) as sha256,
        min(url) as url,
        max(row_number) as row_number
    from newest
    where country in (select whole.country from whole)
    group by country, series, year(period_start)
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
    'low ' || year_value.value_low || ', high ' || year_value.value_high as note
from year_value
inner join feed
    on
        year_value.series = feed.series
        and split_part(year_value.document, '/', 1) = feed.document
        and feed.source_id = 'ucdp_ged'
where make_date(year_value.year, 12, 31) < cast(year_value.fetched_at as date)
