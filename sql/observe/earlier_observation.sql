-- Grain: one row per as-of date, indicator, link behind the newest of its chain, and observation pooled into that link.
-- Reads: bucket_observation, event_observation
-- What the newest link leaves unbelieved falls to these, position 2 first. Pool weight: r over the sum of r of a link.
with spoken as (
    select
        *,
        cast(null as date) as happened_from
    from bucket_observation
    where position > 1 and can_score
    union all by name
    select
        *,
        reading_date as scored_at,
        0 as log_sd
    from event_observation
    where position > 1 and can_score
)

select
    tracker_id,
    as_of,
    indicator_id,
    cast(position as integer) as position,
    observation_id,
    kind,
    value,
    value_low,
    value_high,
    category,
    reading_date,
    scored_at,
    log_sd,
    reliability,
    reliability / sum(reliability) over (
        partition by tracker_id, as_of, indicator_id, position
        order by observation_id
        rows between unbounded preceding and unbounded following
    ) as pool_weight
from spoken
where reliability > 0
order by tracker_id, as_of, indicator_id, position, observation_id
