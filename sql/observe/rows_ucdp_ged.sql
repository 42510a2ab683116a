-- Grain: one row per country, year and moment at which a page of the country came, in the common shape of its rows.
-- Reads: raw_ucdp_ged, standing_file
-- Deaths by the year in which an event starts; only where every event that the publisher announces is there. The pages
-- of a country are one document.
with event as (
    select
        raw.*,
        standing.name,
        standing.known_at
    from standing_file as standing
    inner join raw_ucdp_ged as raw
        on standing.document = raw.document and standing.fetched_at = raw.fetched_at
    where standing.source_id = 'ucdp_ged'
),

whole as (
    select
        name,
        known_at
    from event
    group by name, known_at
    having count(distinct event_id) = max(total) and count(distinct document) = max(total_pages)
)

select
    'ucdp_ged' as source_id,
    event.name as document,
    event.series,
    max_by(event.sha256, event.document) as sha256,
    event.known_at as fetched_at,
    min(event.url) as url,
    max(event.row_number) as row_number,
    make_date(year(event.period_start), 1, 1) as period_start,
    make_date(year(event.period_start), 12, 31) as period_end,
    cast(sum(cast(event.value as decimal(18, 6))) as double) as value,
    'low ' || sum(event.value_low) || ', high ' || sum(event.value_high) as note
from event
inner join whole on event.name = whole.name and event.known_at = whole.known_at
group by event.name, event.series, event.known_at, year(event.period_start)
