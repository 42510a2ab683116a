-- Grain: one row per country and year, in the common shape of a publisher's rows.
-- Reads: raw_ucdp_ged
-- Deaths by the year in which an event starts; only where every event that the publisher announces is there. The pages
-- of a country are one document.
with version as (
    select
        *,
        split_part(document, '/', 1) as country,
        max(fetched_at) over (partition by split_part(document, '/', 1)) as gathered_at,
        max(fetched_at) over (partition by document) as newest_at
    from raw_ucdp_ged
),

newest as (
    select *
    from version
    where fetched_at = newest_at
),

whole as (
    select country
    from newest
    group by country
    having count(distinct event_id) = max(total) and count(distinct document) = max(total_pages)
)

select
    'ucdp_ged' as source_id,
    newest.country as document,
    newest.series,
    max_by(newest.sha256, newest.document) as sha256,
    max(newest.gathered_at) as fetched_at,
    min(newest.url) as url,
    max(newest.row_number) as row_number,
    make_date(year(newest.period_start), 1, 1) as period_start,
    make_date(year(newest.period_start), 12, 31) as period_end,
    cast(sum(cast(newest.value as decimal(18, 6))) as double) as value,
    'low ' || sum(newest.value_low) || ', high ' || sum(newest.value_high) as note
from newest
inner join whole on newest.country = whole.country
group by newest.country, newest.series, year(newest.period_start)
