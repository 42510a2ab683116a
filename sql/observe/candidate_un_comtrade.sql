-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_un_comtrade, feed
-- The publisher gives no date: a version could be known from the day on which it was fetched.
select
    feed.tracker_id,
    feed.indicator_id,
    'value' as kind,
    raw_un_comtrade.period_start,
    raw_un_comtrade.period_end,
    raw_un_comtrade.value * feed.scale as value,
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
    raw_un_comtrade.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(raw_un_comtrade.fetched_at as date) as published_on,
    true as published_on_inferred,
    raw_un_comtrade.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    raw_un_comtrade.sha256,
    raw_un_comtrade.row_number,
    raw_un_comtrade.document as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    case when raw_un_comtrade.is_reported then 'reported' else 'not marked as reported' end as note
from raw_un_comtrade
inner join feed
    on
        raw_un_comtrade.series = feed.series
        and split_part(raw_un_comtrade.document, '/', 1) = feed.document
        and feed.source_id = 'un_comtrade'
