-- Grain: one row per ledger claim that is not in the warehouse yet.
-- Reads: raw_ledger, claim_version
-- A ledger row is known by its claim_id: it is appended once and never edited. The versions of one claim are a chain of
-- corrections, numbered from its first.
with recursive unknown as (
    select * exclude (reliability_value)
    from raw_ledger
    where
        not exists (
            select 1
            from claim_version as known
            where known.tracker_id = raw_ledger.tracker_id and known.claim_id = raw_ledger.claim_id
        )
),

chain as (
    select
        unknown.tracker_id,
        unknown.claim_id,
        coalesce(corrected.first_claim_id, unknown.claim_id) as first_claim_id,
        coalesce(corrected.version, 0) + 1 as version
    from unknown
    left join claim_version as corrected
        on unknown.tracker_id = corrected.tracker_id and unknown.corrects = corrected.claim_id
    where unknown.corrects is null or corrected.claim_id is not null
    union all
    select
        unknown.tracker_id,
        unknown.claim_id,
        chain.first_claim_id,
        chain.version + 1 as version
    from unknown
    inner join chain
        on unknown.tracker_id = chain.tracker_id and unknown.corrects = chain.claim_id
)

select
    unknown.*,
    chain.first_claim_id,
    chain.version
from unknown
inner join chain on unknown.tracker_id = chain.tracker_id and unknown.claim_id = chain.claim_id
order by unknown.tracker_id, unknown.indicator_id, unknown.row_number
