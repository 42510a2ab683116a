-- Grain: one row per key of a publisher's claims: the newest version in use, which a revision is measured against.
-- Reads: claim_version, indicator_setting, accepted
-- A version beyond the band is in use only from the day on which somebody accepted it.
select version.*
from claim_version as version
left join indicator_setting as setting
    on version.tracker_id = setting.tracker_id and version.indicator_id = setting.indicator_id
left join accepted
    on version.tracker_id = accepted.tracker_id and version.claim_id = accepted.claim_id
where
    version.claim_key is not null
    and version.status <> 'withdrawn'
    and (
        coalesce(version.revision_share <= setting.revision_band, true)
        or accepted.claim_id is not null
    )
qualify row_number() over (partition by version.tracker_id, version.claim_key order by version.version desc) = 1
