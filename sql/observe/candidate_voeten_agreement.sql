-- Grain: one row per indicator, period and version of the document.
-- Reads: raw_voeten_agreement, feed
-- Whole years only; when a release of the file came out is not said, so a year counts as known when it was fetched.
select
    feed.tracker_id,
    feed.indicator_id,
    'value' as kind,
    raw_voeten_agreement.period_start,
    raw_voeten_agreement.period_end,
    raw_voeten_agreement.value * feed.scale as value,
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
    raw_voeten_agreement.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(raw_voeten_agreement.fetched_at as date) as published_on,
    true as published_on_inferred,
    raw_voeten_agreement.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    raw_voeten_agreement.sha256,
    raw_voeten_agreement.row_number,
    raw_voeten_agreement.document as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    cast(null as varchar) as note
from raw_voeten_agreement
inner join feed
    on
        raw_voeten_agreement.series = feed.series
        and raw_voeten_agreement.document = feed.document
        and feed.source_id = 'voeten_agreement'
where raw_voeten_agreement.period_end < cast(raw_voeten_agreement.fetched_at as date)
