-- Grain: one row per indicator and moment at which the publisher said that the state still holds.
-- Reads: raw_iaea_pris, confirmed_version, feed
-- A change is never an event by itself: it gives no row here, and a check shows it to a person.
select
    feed.tracker_id,
    feed.indicator_id,
    'none_seen' as kind,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as double) as value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    cast(null as varchar) as category,
    cast(null as date) as happened_from,
    cast(null as date) as happened_to,
    cast(null as integer) as trials,
    coalesce(raw_iaea_pris.valid_until, cast(confirmed.confirmed_at as date) - 1) as searched_until,
    cast(null as double) as base_value,
    cast(null as double) as base_part,
    cast(null as date) as base_published_on,
    cast(null as date) as planned_for,
    feed.unit,
    feed.source_id,
    feed.source_name,
    feed.source_name as speaker,
    raw_iaea_pris.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(confirmed.confirmed_at as date) as published_on,
    true as published_on_inferred,
    confirmed.confirmed_at as recorded_at,
    cast(null as varchar) as corrects,
    raw_iaea_pris.sha256,
    raw_iaea_pris.row_number,
    raw_iaea_pris.document || '/' || raw_iaea_pris.series as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    raw_iaea_pris.detail as note
from raw_iaea_pris
inner join confirmed_version as confirmed
    on
        raw_iaea_pris.document = confirmed.document
        and raw_iaea_pris.sha256 = confirmed.sha256
        and confirmed.source_id = 'iaea_pris'
inner join feed
    on
        raw_iaea_pris.series = feed.series
        and split_part(raw_iaea_pris.document, '/', 1) = feed.document
        and feed.source_id = 'iaea_pris'
where raw_iaea_pris.holds
