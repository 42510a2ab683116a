-- Severity: warning
-- Target: claim
-- Rule: an indicator with a formula has a derived claim once one of its parts has spoken.
-- Grain: one row per indicator without any, with the parts that say nothing, else its anchor does not hold.
-- Reads: derivation, claim
with part as (
    select
        derivation.tracker_id,
        derivation.indicator_id,
        derivation.part_indicator_id,
        count(claim.claim_id) as claims
    from derivation
    left join claim
        on
            derivation.tracker_id = claim.tracker_id
            and derivation.part_indicator_id = claim.indicator_id
            and claim.kind = 'value'
            and not claim.held
            and claim.status <> 'withdrawn'
    where derivation.side in ('of', 'to')
    group by derivation.tracker_id, derivation.indicator_id, derivation.part_indicator_id
)

select
    part.tracker_id,
    part.indicator_id,
    coalesce(
        'nothing is known of ' || string_agg(part.part_indicator_id, ', ' order by part.part_indicator_id) filter (
            where part.claims = 0
        ),
        'no period has all parts, or a past value is not what its anchor says'
    ) as detail
from part
group by part.tracker_id, part.indicator_id
having
    sum(part.claims) > 0
    and not exists (
        select 1
        from claim
        where
            claim.tracker_id = part.tracker_id
            and claim.indicator_id = part.indicator_id
            and claim.scope like 'derived/%'
    )
