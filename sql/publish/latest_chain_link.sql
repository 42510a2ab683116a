-- Grain: one row per indicator whose reading is a chain, and link at the newest as-of date.
-- Reads: chain_link, as_of_date
select chain_link.*
from chain_link
inner join as_of_date
    on chain_link.tracker_id = as_of_date.tracker_id and chain_link.as_of = as_of_date.as_of
where as_of_date.is_latest
