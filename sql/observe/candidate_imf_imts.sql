-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_imf_imts, feed
-- The publisher gives no date: a version could be known from the day on which it was fetched.
select
    feed.tracker_id,
    feed.indicator_id,
    'value' as kind,
    raw_imf_imts.period_start,
    raw_imf_imts.period_end,
    raw_imf_imts.value * feed.scale as value,
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
    raw_imf_imts.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(raw_imf_imts.fetched_at as date) as published_on,
    true as published_on_inferred,
    raw_imf_imts.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    raw_imf_imts.sha256,
    raw_imf_imts.row_number,
    raw_imf_imts.document as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    'derivation ' || raw_imf_imts.derivation_type || ', status ' || raw_imf_imts.obs_status as note
from raw_imf_imts
inner join feed
    on
        raw_imf_imts.series = feed.series
        and split_part(raw_imf_imts.document, '/', 1) = feed.document
        and feed.source_id = 'imf_imts'
