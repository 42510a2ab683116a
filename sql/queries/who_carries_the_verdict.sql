-- Question: Which speakers carry most of the readings that enter the odds?
-- Columns: tracker_id, speaker, readings, pool_weight, reliability
select
    claim.tracker_id,
    claim.speaker,
    count(distinct pooled.indicator_id) as readings,
    sum(pooled.pool_weight) as pool_weight,
    avg(pooled.reliability) as reliability
from latest_reading_claim as pooled
inner join latest_reading as reading
    on pooled.tracker_id = reading.tracker_id and pooled.indicator_id = reading.indicator_id
inner join claim on pooled.tracker_id = claim.tracker_id and pooled.claim_id = claim.claim_id
where reading.scored
group by claim.tracker_id, claim.speaker
order by claim.tracker_id asc, pool_weight desc, claim.speaker asc
