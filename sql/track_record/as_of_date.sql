-- Grain: one row per tracker and date it is assessed at: days after its publication on which a claim was published.
-- Reads: claim, tracker
-- At most $dates of them, evenly picked, the first and the last among them.
with published as (
    select distinct
        claim.tracker_id,
        claim.published_on as as_of
    from claim
    inner join tracker on claim.tracker_id = tracker.tracker_id and claim.published_on > tracker.registered_on
),

numbered as (
    select
        tracker_id,
        as_of,
        row_number() over (partition by tracker_id order by as_of) - 1 as place,
        count(*) over (partition by tracker_id) as n_published
    from published
),

wanted as (
    select unnest(range(cast($dates as bigint))) / ($dates - 1.0) as share
),

picked as (
    select distinct
        numbered.tracker_id,
        numbered.as_of
    from numbered
    inner join wanted on numbered.place = cast(round(wanted.share * (numbered.n_published - 1)) as bigint)
)

select
    tracker_id,
    as_of,
    as_of = max(as_of) over (partition by tracker_id) as is_latest,
    true as retrospective
from picked
order by tracker_id, as_of
