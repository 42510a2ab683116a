-- Grain: one row per as-of date, indicator and report pooled into its reading.
-- Reads: bucket_report, list_report, vote_report, event_report, indicator_family
-- Pool weight: r over the sum of r. Scored: the indicator is, and the reading is neither on or before the latest start
-- of its predictions nor about a period that ended before t0.
with reported as (
    select
        tracker_id,
        as_of,
        indicator_id,
        report_id,
        kind,
        value,
        value_low,
        value_high,
        category,
        reading_date,
        log_sd,
        reliability,
        can_score
    from bucket_report
    union all by name
    select
        *,
        0 as log_sd,
        exposure_end > exposure_start as can_score
    from list_report
    union all by name
    select
        *,
        0 as log_sd,
        true as can_score
    from vote_report
    union all by name
    select
        * exclude (claim_id),
        0 as log_sd
    from event_report
),

weighed as (
    select
        *,
        reliability / sum(reliability) over (partition by tracker_id, as_of, indicator_id) as pool_weight
    from reported
)

select
    weighed.tracker_id,
    weighed.as_of,
    weighed.indicator_id,
    weighed.report_id,
    weighed.kind,
    weighed.value,
    weighed.value_low,
    weighed.value_high,
    weighed.category,
    weighed.reading_date,
    weighed.log_sd,
    weighed.trials,
    weighed.exposure_start,
    weighed.exposure_end,
    weighed.happened_from,
    weighed.happened_to,
    weighed.reliability,
    weighed.pool_weight,
    family.indicator_scored and weighed.can_score as scored
from weighed
inner join indicator_family as family
    on weighed.tracker_id = family.tracker_id and weighed.indicator_id = family.indicator_id
where weighed.reliability > 0
order by weighed.tracker_id, weighed.as_of, weighed.indicator_id, weighed.report_id
