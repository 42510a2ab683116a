-- Grain: one row per release, this one and those before it.
-- Reads: tracker, release (those before it)
with catalogue as (
    select
        sha256(
            $shared_sha256 || chr(10)
            || string_agg(catalogue_sha256 || '  ' || tracker_id || chr(10), '' order by tracker_id)
        ) as catalogue_sha256,
        string_agg(tracker_id || ' ' || scenario_version, ', ' order by tracker_id) as scenario_version
    from tracker
)

select
    cast($release_id as varchar) as release_id,
    cast($created_at as timestamp) as created_at,
    cast($as_of as date) as as_of,
    cast($code_version as varchar) as code_version,
    catalogue.catalogue_sha256,
    catalogue.scenario_version
from catalogue
union all by name
select release.* from release
order by release_id
