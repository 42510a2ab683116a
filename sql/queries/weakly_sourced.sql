-- Question: Which readings in the odds come from sources of low reliability?
-- Columns: tracker_id, indicator_id, reliability, n_sources, grades
-- Parameters: least = 0.5
select
    reading.tracker_id,
    reading.indicator_id,
    any_value(reading.reliability) as reliability,
    any_value(reading.n_sources) as n_sources,
    string_agg(distinct claim.reliability || claim.credibility, ', ' order by claim.reliability || claim.credibility)
        as grades
from latest_reading as reading
inner join latest_reading_claim as pooled
    on reading.tracker_id = pooled.tracker_id and reading.indicator_id = pooled.indicator_id
inner join claim on pooled.tracker_id = claim.tracker_id and pooled.claim_id = claim.claim_id
where reading.scored and reading.reliability < $least
group by reading.tracker_id, reading.indicator_id
order by reliability, reading.tracker_id, reading.indicator_id
