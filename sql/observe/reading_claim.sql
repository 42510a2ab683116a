-- Grain: one row per as-of date, indicator and claim pooled into its reading.
-- Reads: observation, counted_claim
-- The share of a list is split evenly over its claims, so that shares sum to 1 per reading.
select
    observation.tracker_id,
    observation.as_of,
    observation.indicator_id,
    coalesce(counted.claim_id, observation.observation_id) as claim_id,
    observation.observation_id,
    observation.pool_weight / count(*) over (
        partition by observation.tracker_id, observation.as_of, observation.indicator_id, observation.observation_id
    ) as pool_weight,
    observation.reliability
from observation
left join counted_claim as counted
    on
        observation.tracker_id = counted.tracker_id
        and observation.as_of = counted.as_of
        and observation.indicator_id = counted.indicator_id
        and observation.observation_id = counted.observation_id
order by observation.tracker_id, observation.as_of, observation.indicator_id, claim_id
