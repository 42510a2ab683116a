-- Grain: one row per pair and month, in the common shape of a publisher's rows.
-- Reads: gdelt_event_day
-- Events a day, over the days of a month from which files were read; fewer than 20 such days are no month. A month is a
-- scope of its own: another month's files take nothing of it back.
with pair_day as (
    select
        series,
        day,
        sum(events) as events,
        sum(cast(goldstein_sum as decimal(18, 6))) as goldstein_sum,
        max(fetched_at) as fetched_at,
        max_by(sha256, fetched_at) as sha256
    from gdelt_event_day
    group by series, day
)

select
    'gdelt_events' as source_id,
    'exports' as document,
    series,
    max_by(sha256, (fetched_at, day)) as sha256,
    max(fetched_at) as fetched_at,
    cast(date_trunc('month', day) as date) as period_start,
    last_day(day) as period_end,
    avg(events) as value,
    'exports/' || cast(date_trunc('month', day) as date) as scope,
    count(*) || ' days with files; Goldstein values sum to ' || round(cast(sum(goldstein_sum) as double), 1) as note
from pair_day
group by series, date_trunc('month', day), last_day(day)
having count(*) >= 20
