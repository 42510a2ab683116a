-- Question: Which of the events that the scenarios speak of have happened, and who says so?
-- Columns: tracker_id, indicator_id, title, happened_from, happened_to, speaker, published_on, source_url
select
    claim.tracker_id,
    claim.indicator_id,
    indicator.title,
    claim.happened_from,
    claim.happened_to,
    claim.speaker,
    claim.published_on,
    claim.source_url
from claim
inner join indicator
    on claim.tracker_id = indicator.tracker_id and claim.indicator_id = indicator.indicator_id
where
    claim.kind = 'event'
    and indicator.frequency = 'event'
    and claim.superseded_by is null
    and not claim.held
    and claim.status <> 'withdrawn'
order by claim.happened_to desc, claim.tracker_id asc, claim.claim_id asc
