-- Grain: one row per campaign, strikes with fewer than sixty days between them, in the common shape.
-- Reads: raw_ucdp_candidate
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
        raw.document,
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
    'ucdp_candidate' as source_id,
    campaign.document,
    'campaigns' as series,
    campaign.name as scope,
    campaign.sha256,
    covered.gathered_at as fetched_at,
    campaign.url,
    campaign.row_number,
    campaign.period_start,
    campaign.period_start as period_end,
    1 as value,
    'count' as kind,
    'campaign from ' || campaign.period_start as category,
    campaign.period_start as happened_from,
    campaign.period_start as happened_to,
    covered.searched_until
from campaign
inner join covered on campaign.name = covered.name
