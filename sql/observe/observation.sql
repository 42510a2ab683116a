-- Grain: one row per as-of date, indicator and observation pooled into its reading.
-- Reads: bucket_observation, list_observation, vote_observation, event_observation, indicator_family
-- Of a chain the newest link is pooled; the others are in earlier_observation. Pool weight: r over the sum of r.
-- Scored: the indicator is, and the reading is neither on or before the latest start of its predictions, nor about a
-- period that ended before t0, nor a list that nobody searched; where some observations may be scored, others stay out.
with spoken as (
    select
        * exclude (position),
        cast(null as integer) as trials,
        cast(null as date) as exposure_start,
        cast(null as date) as exposure_end,
        cast(null as date) as happened_from,
        cast(null as date) as happened_to
    from bucket_observation
    where position = 1
    union all by name
    select
        *,
        reading_date as scored_at,
        0 as log_sd
    from list_observation
    union all by name
    select
        *,
        reading_date as scored_at,
        0 as log_sd
    from vote_observation
    union all by name
    select
        * exclude (position),
        reading_date as scored_at,
        0 as log_sd
    from event_observation
    where position = 1
),

kept as (
    select *
    from spoken
    where reliability > 0
    qualify can_score = bool_or(can_score) over (partition by tracker_id, as_of, indicator_id)
)

select
    kept.tracker_id,
    kept.as_of,
    kept.indicator_id,
    kept.observation_id,
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
        order by kept.observation_id
        rows between unbounded preceding and unbounded following
    ) as pool_weight,
    family.indicator_scored and kept.can_score as scored
from kept
inner join indicator_family as family
    on kept.tracker_id = family.tracker_id and kept.indicator_id = family.indicator_id
order by kept.tracker_id, kept.as_of, kept.indicator_id, kept.observation_id
