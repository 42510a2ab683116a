-- Grain: one row per version of a publisher's document at hand, numbered in the order in which they came.
-- Reads: publisher_candidate, claim_version
-- A document older than what has been taken from it already takes nothing back, and is passed over.
with document as (
    select
        source_id,
        scope,
        recorded_at,
        max(sha256) as sha256
    from publisher_candidate
    group by source_id, scope, recorded_at
),

taken as (
    select
        source_id,
        scope,
        max(recorded_at) as recorded_at
    from claim_version
    where claim_key is not null
    group by source_id, scope
)

select
    document.source_id,
    document.scope,
    document.recorded_at,
    document.sha256,
    cast(
        row_number() over (partition by document.source_id, document.scope order by document.recorded_at) as integer
    ) as turn
from document
left join taken on document.source_id = taken.source_id and document.scope = taken.scope
where taken.recorded_at is null or document.recorded_at >= taken.recorded_at
order by turn, document.source_id, document.scope
