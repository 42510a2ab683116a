-- Grain: one row per link of the chain, newest first, with what it leaves to the older ones.
-- Reads: chain_link
select
    position,
    date,
    claim_ids,
    reliability
from chain_link
where tracker_id = $tracker and indicator_id = $indicator and as_of = $as_of
order by position
