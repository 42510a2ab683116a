-- Grain: one row per key of a publisher's claims: the newest version of each, held or not.
-- Reads: claim_version
select *
from claim_version
where claim_key is not null
qualify row_number() over (partition by tracker_id, claim_key order by version desc) = 1
