-- Grain: one row per as-of date and indicator whose reading is k of n dated votes or statements since t0.
-- Reads: counted_claim
select
    tracker_id,
    as_of,
    indicator_id,
    observation_id,
    'share_count' as kind,
    round(sum(value * event_share order by claim_id), 9) as value,
    cast(round(sum(trials * event_share)) as integer) as trials,
    max(counted_on) as reading_date,
    sum(event_reliability * event_share order by claim_id) / sum(event_share order by claim_id) as reliability,
    true as can_score
from counted_claim
where family = 'value'
group by tracker_id, as_of, indicator_id, observation_id
