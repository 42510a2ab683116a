-- Grain: one row per version of a claim.
-- Reads: claim_version, indicator_setting, accepted
-- A live revision beyond its indicator's band is held until somebody accepts it; one that is held supersedes nothing.
with gated as (
    select
        version.*,
        coalesce(
            version.source_id <> 'ledger'
            and version.status <> 'withdrawn'
            and version.revision_share > setting.revision_band
            and accepted.claim_id is null,
            false
        ) as held
    from claim_version as version
    left join indicator_setting as setting
        on version.tracker_id = setting.tracker_id and version.indicator_id = setting.indicator_id
    left join accepted
        on version.tracker_id = accepted.tracker_id and version.claim_id = accepted.claim_id
),

successor as (
    select
        tracker_id,
        corrects,
        claim_id,
        recorded_at
    from gated
    where corrects is not null and not held
    qualify row_number() over (partition by tracker_id, corrects order by recorded_at, claim_id) = 1
)

select
    gated.*,
    successor.claim_id as superseded_by,
    successor.recorded_at as superseded_at
from gated
left join successor
    on gated.tracker_id = successor.tracker_id and gated.claim_id = successor.corrects
order by gated.tracker_id, gated.indicator_id, gated.published_on, gated.claim_id
