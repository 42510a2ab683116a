-- Grain: one row per as-of date, indicator and claim pooled into its reading.
-- Reads: pooled_report, list_member
-- The share of a list is split evenly over its claims, so that shares sum to 1 per reading.
with single as (
    select
        tracker_id,
        as_of,
        indicator_id,
        report_id as claim_id,
        report_id,
        pool_weight,
        reliability
    from pooled_report
    where report_id <> 'list'
),

listed as (
    select
        member.tracker_id,
        member.as_of,
        member.indicator_id,
        member.claim_id,
        member.report_id,
        report.pool_weight
        / count(*) over (partition by member.tracker_id, member.as_of, member.indicator_id) as pool_weight,
        report.reliability
    from list_member as member
    inner join pooled_report as report
        on
            member.tracker_id = report.tracker_id
            and member.as_of = report.as_of
            and member.indicator_id = report.indicator_id
            and member.report_id = report.report_id
)

select
    tracker_id,
    as_of,
    indicator_id,
    claim_id,
    report_id,
    pool_weight,
    reliability
from single
union all
select
    tracker_id,
    as_of,
    indicator_id,
    claim_id,
    report_id,
    pool_weight,
    reliability
from listed
order by tracker_id, as_of, indicator_id, claim_id
