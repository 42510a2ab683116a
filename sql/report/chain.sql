-- Grain: one row per link of the indicator's present reading, newest first.
-- Reads: chain_link
select
    position,
    date,
    reliability,
    claim_ids
from chain_link
where tracker_id = $tracker and as_of = $as_of and indicator_id = $indicator
order by position
