-- Grain: one row per indicator, period and version of a publisher's document.
-- Reads: publisher_row, feed, fetch_attempt
-- Days are put together to whole months where the feed says so: a mean over at least two fifths of the month's days, a
-- sum over all of them; the document must reach the month's last days (quotes skip weekends), and a month is known on
-- the day after its end. A period that is not over when the bytes came is an estimate and no claim; a day counts as it
-- is, and so do a counted event and a search that found none. Without a date of its own a version could be known from
-- the day on which it was fetched. looked_before is the day on which the document was last fetched before that.
with fed as (
    select
        publisher_row.*,
        feed.tracker_id,
        feed.indicator_id,
        feed.scale,
        feed.period,
        feed.combine,
        feed.unit,
        feed.source_name,
        feed.reliability,
        feed.credibility,
        feed.status,
        max(publisher_row.period_end) over (
            partition by
                feed.tracker_id,
                feed.indicator_id,
                publisher_row.document,
                publisher_row.sha256,
                publisher_row.fetched_at
        ) as newest_day
    from publisher_row
    inner join feed
        on
            publisher_row.source_id = feed.source_id
            and publisher_row.series = feed.series
            and split_part(publisher_row.document, '/', 1) = feed.document
),

month_value as (
    select
        tracker_id,
        indicator_id,
        source_id,
        document,
        any_value(scope) as scope,
        sha256,
        fetched_at,
        any_value(url) as url,
        any_value(scale) as scale,
        any_value(unit) as unit,
        any_value(source_name) as source_name,
        any_value(reliability) as reliability,
        any_value(credibility) as credibility,
        any_value(status) as status,
        cast(date_trunc('month', period_start) as date) as period_start,
        last_day(period_start) as period_end,
        case any_value(combine)
            when 'sum' then sum(value order by row_number) else avg(value order by row_number)
        end as value,
        max(row_number) as row_number,
        cast(last_day(period_start) + interval 1 day as date) as published_on,
        count(distinct period_start) || ' days' as note
    from fed
    where period = 'month'
    group by
        tracker_id,
        indicator_id,
        source_id,
        document,
        sha256,
        fetched_at,
        date_trunc('month', period_start),
        last_day(period_start)
    having
        count(distinct period_start)
        >= case any_value(combine) when 'sum' then 1 else 0.4 end * day(last_day(period_start))
        and any_value(newest_day) >= last_day(period_start) - 3
),

period_value as (
    select * exclude (series, period, combine, newest_day)
    from fed
    where period is null
    union all by name
    select *
    from month_value
),

look as (
    select
        source_id,
        document,
        fetched_at
    from fetch_attempt
    where outcome in ('hit', 'unchanged')
)

select
    period_value.tracker_id,
    period_value.indicator_id,
    coalesce(period_value.kind, 'value') as kind,
    period_value.period_start,
    period_value.period_end,
    period_value.value * period_value.scale as value,
    cast(null as double) as value_low,
    cast(null as double) as value_high,
    period_value.category,
    period_value.happened_from,
    period_value.happened_to,
    period_value.trials,
    period_value.searched_until,
    cast(null as double) as base_value,
    cast(null as double) as base_part,
    cast(null as date) as base_published_on,
    cast(null as date) as planned_for,
    period_value.unit,
    period_value.source_id,
    period_value.source_name,
    period_value.source_name as speaker,
    period_value.url as source_url,
    period_value.reliability,
    period_value.credibility,
    coalesce(period_value.claim_status, period_value.status) as status,
    coalesce(period_value.published_on, cast(period_value.fetched_at as date)) as published_on,
    coalesce(period_value.published_on_inferred, period_value.published_on is null) as published_on_inferred,
    period_value.fetched_at as recorded_at,
    cast(null as varchar) as corrects,
    period_value.sha256,
    period_value.row_number,
    coalesce(period_value.scope, period_value.document) as scope,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage,
    period_value.note,
    (
        select max(cast(look.fetched_at as date))
        from look
        where
            look.source_id = period_value.source_id
            and look.document = period_value.document
            and look.fetched_at < period_value.fetched_at
    ) as looked_before
from period_value
where
    period_value.kind is not null
    or period_value.period_end < cast(period_value.fetched_at as date)
    or period_value.period_start = period_value.period_end
