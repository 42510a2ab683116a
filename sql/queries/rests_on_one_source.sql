-- Question: Which readings that enter the odds rest on a single source, and on whom?
-- Columns: tracker_id, indicator_id, speaker, reliability, reading_date
select
    reading.tracker_id,
    reading.indicator_id,
    min(claim.speaker) as speaker,
    any_value(reading.reliability) as reliability,
    any_value(reading.reading_date) as reading_date
from latest_reading as reading
inner join latest_reading_claim as pooled
    on reading.tracker_id = pooled.tracker_id and reading.indicator_id = pooled.indicator_id
inner join claim on pooled.tracker_id = claim.tracker_id and pooled.claim_id = claim.claim_id
where reading.scored
group by reading.tracker_id, reading.indicator_id
having count(distinct claim.speaker) = 1
order by reading.tracker_id asc, reliability asc, reading.indicator_id asc
