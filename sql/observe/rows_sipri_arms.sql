-- Grain: one row per document, series and year, in the common shape of a publisher's rows.
-- Reads: raw_sipri_arms, feed
-- The register of a year comes in March: fetched from April on it is whole to the end of the year before, else to that
-- of the year before that. Each deal with a delivery in a year counts once in it; after
-- the last such year none is seen.
-- A weapon that a feed watches (undelivered:NAME, several by |) is not seen while no deal of that name has a delivery;
-- one that has is no event by itself: a check shows it to a person.
-- Delivered value counts in the year of the last delivery: the register does not split it over the years.
with document_version as (
    select distinct
        document,
        sha256,
        fetched_at,
        url,
        make_date(year(fetched_at) - case when month(fetched_at) >= 4 then 1 else 2 end, 12, 31) as covered_until
    from raw_sipri_arms
),

delivered as (
    select
        document_version.*,
        deal.row_number,
        deal.designation,
        deal.order_year,
        cast(unnest(regexp_extract_all(deal.delivery_years, '[0-9]{4}')) as integer) as year
    from document_version
    inner join raw_sipri_arms as deal
        on
            document_version.document = deal.document
            and document_version.sha256 = deal.sha256
            and document_version.fetched_at = deal.fetched_at
    where deal.number_delivered > 0
),

watched as (
    select distinct
        document,
        series,
        unnest(string_split(split_part(series, ':', 2), '|')) as name
    from feed
    where source_id = 'sipri_arms' and series like 'undelivered:%'
)

select
    'sipri_arms' as source_id,
    document,
    'delivered_tiv' as series,
    sha256,
    fetched_at,
    url,
    max(row_number) as row_number,
    make_date(last_delivery_year, 1, 1) as period_start,
    make_date(last_delivery_year, 12, 31) as period_end,
    cast(sum(cast(tiv_delivered as decimal(18, 6))) as double) as value,
    cast(null as varchar) as kind,
    cast(null as varchar) as category,
    cast(null as date) as happened_from,
    cast(null as date) as happened_to,
    cast(null as date) as searched_until
from raw_sipri_arms
where last_delivery_year is not null and tiv_delivered is not null
group by document, sha256, fetched_at, url, last_delivery_year

union all

select
    'sipri_arms' as source_id,
    document,
    'orders' as series,
    sha256,
    fetched_at,
    url,
    max(row_number) as row_number,
    make_date(order_year, 1, 1) as period_start,
    make_date(order_year, 12, 31) as period_end,
    cast(count(*) as double) as value,
    cast(null as varchar) as kind,
    cast(null as varchar) as category,
    cast(null as date) as happened_from,
    cast(null as date) as happened_to,
    cast(null as date) as searched_until
from raw_sipri_arms
group by document, sha256, fetched_at, url, order_year

union all

select
    'sipri_arms' as source_id,
    delivered.document,
    'deliveries' as series,
    delivered.sha256,
    delivered.fetched_at,
    delivered.url,
    delivered.row_number,
    make_date(delivered.year, 1, 1) as period_start,
    make_date(delivered.year, 12, 31) as period_end,
    1 as value,
    'count' as kind,
    delivered.designation || ', ordered ' || delivered.order_year as category,
    make_date(delivered.year, 1, 1) as happened_from,
    make_date(delivered.year, 12, 31) as happened_to,
    delivered.covered_until as searched_until
from delivered
where make_date(delivered.year, 12, 31) <= delivered.covered_until

union all

select
    'sipri_arms' as source_id,
    delivered.document,
    'deliveries' as series,
    delivered.sha256,
    delivered.fetched_at,
    delivered.url,
    max(row_number) as row_number,
    make_date(max(delivered.year) + 1, 1, 1) as period_start,
    delivered.covered_until as period_end,
    cast(null as double) as value,
    'none_seen' as kind,
    cast(null as varchar) as category,
    cast(null as date) as happened_from,
    cast(null as date) as happened_to,
    delivered.covered_until as searched_until
from delivered
group by delivered.document, delivered.sha256, delivered.fetched_at, delivered.url, delivered.covered_until
having make_date(max(delivered.year), 12, 31) < delivered.covered_until

union all

select
    'sipri_arms' as source_id,
    document_version.document,
    watched.series,
    document_version.sha256,
    document_version.fetched_at,
    document_version.url,
    1 as row_number,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as double) as value,
    'none_seen' as kind,
    cast(null as varchar) as category,
    cast(null as date) as happened_from,
    cast(null as date) as happened_to,
    document_version.covered_until as searched_until
from document_version
inner join watched on document_version.document = watched.document
left join raw_sipri_arms as deal
    on
        document_version.document = deal.document
        and document_version.sha256 = deal.sha256
        and document_version.fetched_at = deal.fetched_at
        and deal.number_delivered > 0
        and starts_with(deal.designation, watched.name)
group by
    document_version.document,
    watched.series,
    document_version.sha256,
    document_version.fetched_at,
    document_version.url,
    document_version.covered_until
having count(deal.designation) = 0
