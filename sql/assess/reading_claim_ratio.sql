-- Grain: one row per pooled claim or older link of a chain, and hypothesis; the claims of one list share its ratio.
-- Reads: reading_claim, earlier_observation, observation_ratio
with claimed as (
    select
        tracker_id,
        as_of,
        indicator_id,
        claim_id,
        observation_id,
        pool_weight,
        reliability
    from reading_claim
    union all by name
    select
        tracker_id,
        as_of,
        indicator_id,
        observation_id as claim_id,
        observation_id,
        pool_weight,
        reliability
    from earlier_observation
)

select
    claimed.tracker_id,
    claimed.as_of,
    claimed.indicator_id,
    claimed.claim_id,
    ratio.scenario_id,
    ratio.onset,
    ratio.position,
    claimed.pool_weight,
    claimed.reliability,
    ratio.log_lambda,
    ratio.log_lambda_contaminated,
    ratio.place
from claimed
inner join observation_ratio as ratio
    on
        claimed.tracker_id = ratio.tracker_id
        and claimed.as_of = ratio.as_of
        and claimed.indicator_id = ratio.indicator_id
        and claimed.observation_id = ratio.observation_id
where ratio.subset = 'all'
order by all
