-- Grain: one row per version of a claim from the documents at hand that is in use, or was for a time.
-- Reads: claim_version, document_turn, indicator_setting, accepted
-- A version beyond its indicator's band is in use only from the day on which somebody accepted it.
with let_through as (
    select
        tracker_id,
        claim_id,
        min(accepted_on) as accepted_on
    from accepted
    group by tracker_id, claim_id
),

at_hand as (
    select distinct
        source_id,
        scope
    from document_turn
)

select
    version.tracker_id,
    version.claim_key,
    version.version,
    version.value,
    case when version.revision_share > setting.revision_band then let_through.accepted_on end as in_use_from
from claim_version as version
inner join at_hand
    on version.source_id = at_hand.source_id and version.scope = at_hand.scope
left join indicator_setting as setting
    on version.tracker_id = setting.tracker_id and version.indicator_id = setting.indicator_id
left join let_through
    on version.tracker_id = let_through.tracker_id and version.claim_id = let_through.claim_id
where
    version.claim_key is not null
    and version.status <> 'withdrawn'
    and (coalesce(version.revision_share <= setting.revision_band, true) or let_through.accepted_on is not null)
