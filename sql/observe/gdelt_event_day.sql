-- Grain: one row per pair, day and class of event; only days with a file read.
-- Reads: raw_gdelt_events
-- Files counts the export files read for the day, for all pairs: a day without files is no quiet day.
with covered as (
    select
        added_on,
        count(distinct document) as files,
        max(fetched_at) as fetched_at,
        max_by(sha256, (fetched_at, document)) as sha256
    from raw_gdelt_events
    group by added_on
),

counted as (
    select
        series,
        added_on,
        quad_class,
        count(*) as events,
        count(*) filter (where is_root) as root_events,
        cast(sum(cast(goldstein as decimal(18, 6))) as double) as goldstein_sum,
        sum(mentions) as mentions
    from raw_gdelt_events
    where event_id is not null
    group by series, added_on, quad_class
),

pair as (
    select distinct series
    from counted
),

pair_class as (
    select
        series,
        unnest([1, 2, 3, 4]) as quad_class
    from pair
)

select
    pair_class.series,
    covered.added_on as day,
    pair_class.quad_class,
    coalesce(counted.events, 0) as events,
    coalesce(counted.root_events, 0) as root_events,
    coalesce(counted.goldstein_sum, 0) as goldstein_sum,
    coalesce(counted.mentions, 0) as mentions,
    covered.files,
    covered.sha256,
    covered.fetched_at
from covered
cross join pair_class
left join counted
    on
        pair_class.series = counted.series
        and pair_class.quad_class = counted.quad_class
        and covered.added_on = counted.added_on
