-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_un_general_assembly, feed
-- A share, with the number of votes behind it; whole years only, known at their end at the earliest.
select
    feed.tracker_id,
    feed.indicator_id,
    'value' as kind,
    raw_un_general_assembly.period_start,
    raw_un_general_assembly.period_end,
    raw_un_general_assembly.value / raw_un_general_assembly.trials * feed.scale as value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    cast(null as varchar) as category,
    cast(null as date) as happened_from,
    cast(null as date) as happened_to,
    raw_un_general_assembly.trials,
    cast(null as date) as searched_until,
    cast(null as double) as base_value,
    cast(null as double) as base_part,
    cast(null as date) as base_published_on,
    cast(null as date) as planned_for,
    feed.unit,
    feed.source_id,
    feed.source_name,
    feed.source_name as speaker,
    raw_un_general_assembly.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(raw_un_general_assembly.period_end + interval 1 day as date) as published_on,
    true as published_on_inferred,
    raw_un_general_assembly.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    raw_un_general_assembly.sha256,
    raw_un_general_assembly.row_number,
    raw_un_general_assembly.document as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    raw_un_general_assembly.value || ' of ' || raw_un_general_assembly.trials || ' recorded votes' as note
from raw_un_general_assembly
inner join feed
    on
        raw_un_general_assembly.series = feed.series
        and split_part(raw_un_general_assembly.document, '/', 1) = feed.document
        and feed.source_id = 'un_general_assembly'
where raw_un_general_assembly.period_end < cast(raw_un_general_assembly.fetched_at as date)
