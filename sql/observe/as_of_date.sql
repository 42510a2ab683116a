-- Grain: one row per tracker and date it is assessed at: month ends since t0, and the run's own date.
-- Reads: tracker
with month_start as (
    select
        tracker_id,
        registered_on,
        unnest(generate_series(date_trunc('month', t0), $as_of, interval 1 month)) as first_day
    from tracker
),

dated as (
    select
        tracker_id,
        registered_on,
        last_day(first_day) as as_of
    from month_start
    union all
    select
        tracker_id,
        registered_on,
        $as_of as as_of
    from tracker
)

select distinct
    tracker_id,
    as_of,
    as_of = $as_of as is_latest,
    as_of < registered_on as retrospective
from dated
where as_of <= $as_of
order by tracker_id, as_of
