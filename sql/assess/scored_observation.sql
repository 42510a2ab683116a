-- Grain: one row per as-of date, indicator, link of its chain and observation that is scored.
-- Reads: observation, earlier_observation
-- Position 1 is the reading itself; the links behind it are scored with it.
with scored as (
    select *
    from observation
    where scored
)

select
    *,
    1 as position
from scored
union all by name
select
    *,
    true as scored
from earlier_observation
where
    (earlier_observation.tracker_id, earlier_observation.as_of, earlier_observation.indicator_id) in (
        select
            scored.tracker_id,
            scored.as_of,
            scored.indicator_id
        from scored
    )
order by tracker_id, as_of, indicator_id, position, observation_id
