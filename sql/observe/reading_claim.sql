-- Grain: one row per as-of date, indicator and claim pooled into its reading.
-- Reads: pooled_report, counted_claim
-- The share of a list is split evenly over its claims, so that shares sum to 1 per reading.
select
    report.tracker_id,
    report.as_of,
    report.indicator_id,
    coalesce(counted.claim_id, report.report_id) as claim_id,
    report.report_id,
    report.pool_weight / count(*) over (
        partition by report.tracker_id, report.as_of, report.indicator_id, report.report_id
    ) as pool_weight,
    report.reliability
from pooled_report as report
left join counted_claim as counted
    on
        report.tracker_id = counted.tracker_id
        and report.as_of = counted.as_of
        and report.indicator_id = counted.indicator_id
        and report.report_id = counted.report_id
order by report.tracker_id, report.as_of, report.indicator_id, claim_id
