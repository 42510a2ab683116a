-- Grain: one row per scenario: how far it moved since the release before; no rows for a first release.
-- Reads: change
select
    scenario_id,
    sum(move) as move
from change
where tracker_id = $tracker
group by scenario_id
order by scenario_id
