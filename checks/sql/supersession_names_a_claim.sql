-- Severity: critical
-- Target: claim
-- Rule: superseded_by names a claim of the same tracker and indicator, recorded no earlier.
-- Grain: one row per claim that breaks it.
-- Reads: claim
select
    older.tracker_id,
    older.claim_id,
    older.superseded_by
from claim as older
left join claim as newer
    on
        older.tracker_id = newer.tracker_id
        and older.superseded_by = newer.claim_id
        and older.indicator_id = newer.indicator_id
        and older.recorded_at <= newer.recorded_at
where older.superseded_by is not null and newer.claim_id is null
