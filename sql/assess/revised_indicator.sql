-- Grain: one row per indicator whose reading rests on a claim that corrects one of the reports it rested on before.
-- Reads: reading_claim, as_of_date, claim, unchanged_report
select distinct reading_claim.indicator_id
from reading_claim
inner join as_of_date
    on
        reading_claim.tracker_id = as_of_date.tracker_id
        and reading_claim.as_of = as_of_date.as_of
        and as_of_date.is_latest
inner join claim
    on reading_claim.tracker_id = claim.tracker_id and reading_claim.claim_id = claim.claim_id
inner join claim as corrected
    on claim.tracker_id = corrected.tracker_id and claim.corrects = corrected.claim_id
inner join unchanged_report
    on
        reading_claim.tracker_id = unchanged_report.tracker_id
        and reading_claim.indicator_id = unchanged_report.indicator_id
where reading_claim.tracker_id = $tracker
order by reading_claim.indicator_id
