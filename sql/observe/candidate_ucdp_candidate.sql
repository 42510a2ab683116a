-- Grain: one row per indicator and campaign: strikes with fewer than sixty days between them.
-- Reads: raw_ucdp_candidate, feed
-- Of an event that two files hold the later file's counts. The list is closed at the end of the newest file that joins
-- those before it without a gap. A campaign counts on its first day.
with file as (
    select
        split_part(document, '/', 1) as name,
        document,
        fetched_at,
        period_start,
        period_end,
        coalesce(
            period_start > max(period_end) over (
                partition by split_part(document, '/', 1)
                order by period_start, period_end
                rows between unbounded preceding and 1 preceding
            ) + 1,
            false
        ) as after_a_gap
    from raw_ucdp_candidate
    where series = 'file'
    qualify fetched_at = max(fetched_at) over (partition by document)
),

covered as (
    select
        name,
        max(period_end) as searched_until,
        max(fetched_at) as gathered_at
    from file
    where
        period_start < coalesce(
            (
                select min(later.period_start)
                from file as later
                where later.after_a_gap and later.name = file.name
            ),
            date '9999-12-31'
        )
    group by name
),

event as (
    select
        file.name,
        raw.event_id,
        raw.period_start,
        raw.period_end,
        raw.url,
        raw.sha256,
        raw.row_number,
        raw.fetched_at,
        max(raw.period_end) over (
            partition by file.name
            order by raw.period_start, raw.event_id
            rows between unbounded preceding and 1 preceding
        ) as struck_until
    from raw_ucdp_candidate as raw
    inner join file on raw.document = file.document and raw.fetched_at = file.fetched_at
    inner join covered on file.name = covered.name and file.period_end <= covered.searched_until
    where
        raw.series = 'event'
        and file.period_end = (
            select max(later_file.period_end)
            from raw_ucdp_candidate as later
            inner join file as later_file
                on later.document = later_file.document and later.fetched_at = later_file.fetched_at
            where later.event_id = raw.event_id
        )
),

campaign as (
    select event.*
    from event
    where event.struck_until is null or event.period_start >= event.struck_until + 60
)

select
    feed.tracker_id,
    feed.indicator_id,
    'count' as kind,
    campaign.period_start,
    campaign.period_start as period_end,
    cast(1 as double) as value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    'campaign from ' || campaign.period_start as category,
    campaign.period_start as happened_from,
    campaign.period_start as happened_to,
    cast(null as integer) as trials,
    covered.searched_until,
    cast(null as double) as base_value,
    cast(null as double) as base_part,
    cast(null as date) as base_published_on,
    cast(null as date) as planned_for,
    feed.unit,
    feed.source_id,
    feed.source_name,
    feed.source_name as speaker,
    campaign.url as source_url,
    feed.reliability,
    feed.credibility,
    feed.status,
    cast(covered.gathered_at as date) as published_on,
    true as published_on_inferred,
    covered.gathered_at as recorded_at,
    cast(null as varchar) as corrects,
    campaign.sha256,
    campaign.row_number,
    campaign.name as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    cast(null as varchar) as note
from campaign
inner join covered on campaign.name = covered.name
inner join feed
    on
        feed.series = 'campaigns'
        and campaign.name = feed.document
        and feed.source_id = 'ucdp_candidate'
