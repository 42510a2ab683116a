-- Question: Which claims have been published since a day, and do they still hold?
-- Columns: tracker_id, indicator_id, claim_id, published_on, speaker, status, standing, source_url
-- Parameters: day = 2026-03-01
select
    claim.tracker_id,
    claim.indicator_id,
    claim.claim_id,
    claim.published_on,
    claim.speaker,
    claim.status,
    case
        when claim.held then 'held'
        when claim.status = 'withdrawn' then 'withdrawn'
        when claim.superseded_by is not null then 'superseded'
        else 'stands'
    end as standing,
    claim.source_url
from claim
where claim.published_on > $day
order by claim.published_on desc, claim.tracker_id asc, claim.claim_id asc
