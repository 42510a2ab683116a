-- Grain: one row per subset of the predictions, as-of date, scored indicator with a reading, and hypothesis.
-- Reads: observation_ratio, pooled_report, indicator
-- Sums have an order, so that the same rows give the same last digit.
-- The l of the method: natural log of sum_k omega_k (r_k Lambda_k + 1 - r_k) over the reports pooled into the reading.
-- Subsets: all; stated (its own ratios, other predictions silent); conditions and outcomes (whole indicators by role).
with pooled as (
    select
        ratio.tracker_id,
        ratio.subset,
        ratio.as_of,
        ratio.indicator_id,
        ratio.scenario_id,
        ratio.onset,
        ln(
            sum(
                report.pool_weight * (report.reliability * exp(ratio.log_lambda) + 1 - report.reliability)
                order by report.report_id
            )
        ) as log_ratio
    from observation_ratio as ratio
    inner join pooled_report as report
        on
            ratio.tracker_id = report.tracker_id
            and ratio.as_of = report.as_of
            and ratio.indicator_id = report.indicator_id
            and ratio.report_id = report.report_id
    group by all
),

labelled as (
    select
        pooled.*,
        indicator.group_id,
        indicator.role
    from pooled
    inner join indicator
        on pooled.tracker_id = indicator.tracker_id and pooled.indicator_id = indicator.indicator_id
)

select
    tracker_id,
    subset,
    as_of,
    indicator_id,
    group_id,
    scenario_id,
    onset,
    log_ratio
from labelled
union all by name
select
    tracker_id,
    role || 's' as subset,
    as_of,
    indicator_id,
    group_id,
    scenario_id,
    onset,
    log_ratio
from labelled
where subset = 'all' and role in ('condition', 'outcome')
