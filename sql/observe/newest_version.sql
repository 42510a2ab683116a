-- Grain: one row per key of the claims from the documents at hand: the newest version of each, held or not.
-- Reads: claim_version, document_turn
-- A key names its document, so what other documents brought has no bearing on it, and a batch costs what it brings.
with at_hand as (
    select distinct
        source_id,
        scope
    from document_turn
)

select version.*
from claim_version as version
inner join at_hand
    on version.source_id = at_hand.source_id and version.scope = at_hand.scope
where version.claim_key is not null
qualify row_number() over (partition by version.tracker_id, version.claim_key order by version.version desc) = 1
