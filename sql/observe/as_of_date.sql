-- Grain: one row per tracker and date it is assessed at: month ends since t0, and the run's own date.
-- Reads: tracker, claim
-- A date is retrospective until a claim has entered that was published after the predictions had been registered.
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
    dated.tracker_id,
    dated.as_of,
    dated.as_of = $as_of as is_latest,
    not exists (
        select 1
        from claim
        where
            claim.tracker_id = dated.tracker_id
            and not claim.held
            and claim.published_on > dated.registered_on
            and claim.published_on <= dated.as_of
    ) as retrospective
from dated
where dated.as_of <= $as_of
order by dated.tracker_id, dated.as_of
