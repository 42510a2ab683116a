-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_ofac_sdn, feed
-- Each snapshot is a scope of its own: a later one takes nothing back.
select
    feed.tracker_id,
    feed.indicator_id,
    'value' as kind,
    raw_ofac_sdn.period_start,
    raw_ofac_sdn.period_end,
    raw_ofac_sdn.value * feed.scale as value,
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
    raw_ofac_sdn.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    raw_ofac_sdn.published_on,
    false as published_on_inferred,
    raw_ofac_sdn.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    raw_ofac_sdn.sha256,
    raw_ofac_sdn.row_number,
    raw_ofac_sdn.document || '/' || raw_ofac_sdn.period_start as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    cast(null as varchar) as note
from raw_ofac_sdn
inner join feed
    on
        raw_ofac_sdn.series = feed.series
        and split_part(raw_ofac_sdn.document, '/', 1) = feed.document
        and feed.source_id = 'ofac_sdn'
