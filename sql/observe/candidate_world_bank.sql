-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_world_bank, feed
-- The day of the publisher's last update is the day from which this version could be known.
select
    feed.tracker_id,
    feed.indicator_id,
    'value' as kind,
    raw_world_bank.period_start,
    raw_world_bank.period_end,
    raw_world_bank.value * feed.scale as value,
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
    raw_world_bank.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    raw_world_bank.published_on,
    false as published_on_inferred,
    raw_world_bank.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    raw_world_bank.sha256,
    raw_world_bank.row_number,
    raw_world_bank.document as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    cast(null as varchar) as note
from raw_world_bank
inner join feed
    on
        raw_world_bank.series = feed.series
        and split_part(raw_world_bank.document, '/', 1) = feed.document
        and feed.source_id = 'world_bank'
