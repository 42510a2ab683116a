-- Grain: one row per as-of date, indicator whose reading is a chain, and link: the newest is position 1.
-- Reads: observation, earlier_observation
-- A chain of looks is one observation of its pool: link 1 is that look, event claims beside it are no part of it. A
-- chain of buckets is the whole reading. The reliability of a link is the mean r of what is pooled into it.
with newest as (
    select
        *,
        1 as position,
        bool_or(kind = 'none_seen') over (partition by tracker_id, as_of, indicator_id) as is_look
    from observation
    where kind not in ('count', 'open_count', 'share_count')
),

link as (
    select
        tracker_id,
        as_of,
        indicator_id,
        position,
        observation_id,
        reading_date,
        reliability,
        pool_weight
    from newest
    where is_look = (kind = 'none_seen') and kind <> 'event'
    union all by name
    select
        earlier_observation.tracker_id,
        earlier_observation.as_of,
        earlier_observation.indicator_id,
        earlier_observation.position,
        earlier_observation.observation_id,
        earlier_observation.reading_date,
        earlier_observation.reliability,
        earlier_observation.pool_weight
    from earlier_observation
)

select
    tracker_id,
    as_of,
    indicator_id,
    cast(position as integer) as position,
    max(reading_date) as date,
    sum(pool_weight * reliability order by observation_id) / sum(pool_weight order by observation_id) as reliability,
    string_agg(observation_id, ',' order by observation_id) as claim_ids
from link
group by tracker_id, as_of, indicator_id, position
order by tracker_id, as_of, indicator_id, position
