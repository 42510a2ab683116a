-- Grain: one row per launch and moment at which the publisher confirmed its list of satellites, in the common shape.
-- Reads: raw_gcat, confirmed_version
-- A launch counts once, however many satellites it carried, if it reached orbit from a site of the state. New objects
-- may lack an owner for weeks, so that the list is closed thirty days before it was looked at. The launches and sites
-- are those last fetched by then.
with satellite as (
    select
        split_part(raw_gcat.document, '/', 1) as document,
        raw_gcat.document as raw_document,
        raw_gcat.sha256,
        raw_gcat.launch,
        confirmed.confirmed_at,
        any_value(raw_gcat.url) as url,
        min(raw_gcat.row_number) as row_number,
        string_agg(raw_gcat.name, ', ' order by raw_gcat.row_number) as names
    from raw_gcat
    inner join confirmed_version as confirmed
        on
            raw_gcat.document = confirmed.document
            and raw_gcat.sha256 = confirmed.sha256
            and confirmed.source_id = 'gcat'
    where raw_gcat.series = 'satellite'
    group by raw_gcat.document, raw_gcat.sha256, raw_gcat.launch, confirmed.confirmed_at
),

moment as (
    select distinct
        document,
        confirmed_at
    from satellite
),

part as (
    select
        moment.confirmed_at,
        moment.document,
        raw_gcat.series,
        raw_gcat.launch,
        raw_gcat.site,
        raw_gcat.code,
        raw_gcat.period_start
    from moment
    inner join raw_gcat
        on
            moment.document = split_part(raw_gcat.document, '/', 1)
            and moment.confirmed_at >= raw_gcat.fetched_at
            and raw_gcat.series in ('launch', 'site')
    qualify
        raw_gcat.fetched_at
        = max(raw_gcat.fetched_at) over (partition by moment.confirmed_at, moment.document, raw_gcat.series)
),

launched as (
    select
        satellite.*,
        launch.period_start as launched_on
    from satellite
    inner join part as launch
        on
            satellite.document = launch.document
            and satellite.confirmed_at = launch.confirmed_at
            and satellite.launch = launch.launch
            and launch.series = 'launch'
    inner join part as site
        on
            satellite.document = site.document
            and satellite.confirmed_at = site.confirmed_at
            and launch.site = site.site
            and site.series = 'site'
    where launch.code like 'OS%'
)

select
    'gcat' as source_id,
    raw_document as document,
    'launches' as series,
    document as scope,
    sha256,
    confirmed_at as fetched_at,
    url,
    row_number,
    launched_on as period_start,
    launched_on as period_end,
    1 as value,
    'count' as kind,
    launch || ': ' || names as category,
    launched_on as happened_from,
    launched_on as happened_to,
    cast(confirmed_at as date) - 30 as searched_until
from launched
where launched_on <= cast(confirmed_at as date) - 30
