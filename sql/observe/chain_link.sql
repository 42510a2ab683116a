-- Grain: one row per as-of date, indicator whose reading is a chain, and link: the newest is position 1.
-- Reads: pooled_report, earlier_report
-- A chain of looks is one report of its pool: link 1 is that look, event claims beside it are no part of the chain. A
-- chain of buckets is the whole reading. The reliability of a link is the mean r of what is pooled into it.
with newest as (
    select
        *,
        1 as position,
        bool_or(kind = 'none_seen') over (partition by tracker_id, as_of, indicator_id) as is_look
    from pooled_report
    where kind not in ('count', 'open_count', 'share_count')
),

link as (
    select
        tracker_id,
        as_of,
        indicator_id,
        position,
        report_id,
        reading_date,
        reliability,
        pool_weight
    from newest
    where is_look = (kind = 'none_seen') and kind <> 'event'
    union all by name
    select
        earlier_report.tracker_id,
        earlier_report.as_of,
        earlier_report.indicator_id,
        earlier_report.position,
        earlier_report.report_id,
        earlier_report.reading_date,
        earlier_report.reliability,
        earlier_report.pool_weight
    from earlier_report
)

select
    tracker_id,
    as_of,
    indicator_id,
    cast(position as integer) as position,
    max(reading_date) as date,
    sum(pool_weight * reliability order by report_id) / sum(pool_weight order by report_id) as reliability,
    string_agg(report_id, ',' order by report_id) as claim_ids
from link
group by tracker_id, as_of, indicator_id, position
order by tracker_id, as_of, indicator_id, position
