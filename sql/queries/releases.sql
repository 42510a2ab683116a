-- Question: Which releases have there been, and did the predictions change between them?
-- Columns: release_id, created_at, as_of, code_version, scenario_version, catalogue_changed
select
    release.release_id,
    release.created_at,
    release.as_of,
    release.code_version,
    release.scenario_version,
    release.catalogue_sha256 <> lag(release.catalogue_sha256) over (order by release.release_id) as catalogue_changed
from release
order by release.release_id
