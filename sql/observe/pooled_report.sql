-- Grain: one row per as-of date, indicator and report pooled into its reading.
-- Reads: bucket_report, list_report, vote_report, event_report, indicator_family
-- Of a chain the newest link is pooled; the others are in earlier_report. Pool weight: r over the sum of r. Scored: the
-- indicator is, and the reading is neither on or before the latest start of its predictions, nor about a period that
-- ended before t0, nor a list that nobody searched; where some reports may be scored, the others stay out.
with reported as (
    select
        * exclude (position),
        cast(null as integer) as trials,
        cast(null as date) as exposure_start,
        cast(null as date) as exposure_end,
        cast(null as date) as happened_from,
        cast(null as date) as happened_to
    from bucket_report
    where position = 1
    union all by name
    select
        *,
        reading_date as scored_at,
        0 as log_sd
    from list_report
    union all by name
    select
        *,
        reading_date as scored_at,
        0 as log_sd
    from vote_report
    union all by name
    select
        * exclude (position),
        reading_date as scored_at,
        0 as log_sd
    from event_report
    where position = 1
),

kept as (
    select *
    from reported
    where reliability > 0
    qualify can_score = bool_or(can_score) over (partition by tracker_id, as_of, indicator_id)
)

select
    kept.tracker_id,
    kept.as_of,
    kept.indicator_id,
    kept.report_id,
    kept.kind,
    kept.value,
    kept.value_low,
    kept.value_high,
    kept.category,
    kept.reading_date,
    kept.scored_at,
    kept.log_sd,
    kept.trials,
    kept.exposure_start,
    kept.exposure_end,
    kept.happened_from,
    kept.happened_to,
    kept.reliability,
    kept.reliability / sum(kept.reliability) over (
        partition by kept.tracker_id, kept.as_of, kept.indicator_id
        order by kept.report_id
        rows between unbounded preceding and unbounded following
    ) as pool_weight,
    family.indicator_scored and kept.can_score as scored
from kept
inner join indicator_family as family
    on kept.tracker_id = family.tracker_id and kept.indicator_id = family.indicator_id
order by kept.tracker_id, kept.as_of, kept.indicator_id, kept.report_id
