-- Question: Which claims were revised later, from what to what?
-- Columns: tracker_id, indicator_id, claim_id, published_on, value, corrected_by, corrected_on, corrected_value
select
    earlier.tracker_id,
    earlier.indicator_id,
    earlier.claim_id,
    earlier.published_on,
    earlier.value,
    later.claim_id as corrected_by,
    later.published_on as corrected_on,
    later.value as corrected_value
from claim as earlier
inner join claim as later
    on earlier.tracker_id = later.tracker_id and earlier.superseded_by = later.claim_id
order by later.published_on desc, earlier.tracker_id asc, earlier.claim_id asc
