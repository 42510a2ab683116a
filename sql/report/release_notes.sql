-- Grain: one row per release and piece of news, as it was published.
-- Reads: release_note
select
    of_release,
    created_at,
    position,
    kind,
    text,
    points,
    scenario_id,
    indicator_id,
    claim_id
from release_note
where tracker_id = $tracker
order by of_release desc, position asc
