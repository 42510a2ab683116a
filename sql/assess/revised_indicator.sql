-- Grain: one row per indicator whose reading rests on a claim that came since the release before and corrects one that
-- it rested on then.
-- Reads: reading_claim, as_of_date, claim, unchanged_observation, released_claim
-- A correction that the release before knew already is no revision, whatever else is new of the indicator.
select distinct reading_claim.indicator_id
from reading_claim
inner join as_of_date
    on
        reading_claim.tracker_id = as_of_date.tracker_id
        and reading_claim.as_of = as_of_date.as_of
        and as_of_date.is_latest
inner join claim
    on reading_claim.tracker_id = claim.tracker_id and reading_claim.claim_id = claim.claim_id
inner join released_claim as corrected
    on claim.tracker_id = corrected.tracker_id and claim.corrects = corrected.claim_id
inner join unchanged_observation
    on
        reading_claim.tracker_id = unchanged_observation.tracker_id
        and reading_claim.indicator_id = unchanged_observation.indicator_id
where
    reading_claim.tracker_id = $tracker
    and not exists (
        select 1
        from released_claim as known
        where known.tracker_id = claim.tracker_id and known.claim_id = claim.claim_id
    )
order by reading_claim.indicator_id
