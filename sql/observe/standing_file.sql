-- Grain: one row per file that stood at a moment at which its publisher brought a file of the same set.
-- Reads: raw_ucdp_candidate, raw_ucdp_ged, fetch_attempt
-- Some publishers speak through several files together: what they say changes with each new one. After a rebuild every
-- version of a file is at hand, and every moment since; else the newest alone, and the moments of which the warehouse
-- still holds all files: what was accepted last before it, by the log. Other moments are passed over.
with version as (
    select distinct
        'ucdp_candidate' as source_id,
        document,
        sha256,
        fetched_at
    from raw_ucdp_candidate
    union
    select distinct
        'ucdp_ged' as source_id,
        document,
        sha256,
        fetched_at
    from raw_ucdp_ged
),

moment as (
    select distinct
        source_id,
        split_part(document, '/', 1) as name,
        fetched_at as known_at,
        fetched_at = max(fetched_at) over (partition by source_id, split_part(document, '/', 1)) as is_newest
    from version
),

held as (
    select distinct
        source_id,
        document
    from version
),

accepted as (
    select
        moment.source_id,
        moment.name,
        moment.known_at,
        attempt.document,
        max(attempt.fetched_at) as fetched_at
    from moment
    inner join fetch_attempt as attempt
        on
            moment.source_id = attempt.source_id
            and moment.name = split_part(attempt.document, '/', 1)
            and moment.known_at >= attempt.fetched_at
    inner join held on attempt.source_id = held.source_id and attempt.document = held.document
    where attempt.outcome = 'hit' and not moment.is_newest
    group by moment.source_id, moment.name, moment.known_at, attempt.document
),

incomplete as (
    select distinct
        accepted.source_id,
        accepted.name,
        accepted.known_at
    from accepted
    left join version
        on
            accepted.source_id = version.source_id
            and accepted.document = version.document
            and accepted.fetched_at = version.fetched_at
    where version.document is null
)

select
    moment.source_id,
    moment.name,
    moment.known_at,
    version.document,
    version.sha256,
    version.fetched_at
from moment
inner join version
    on
        moment.source_id = version.source_id
        and moment.name = split_part(version.document, '/', 1)
        and moment.known_at >= version.fetched_at
left join incomplete
    on
        moment.source_id = incomplete.source_id
        and moment.name = incomplete.name
        and moment.known_at = incomplete.known_at
where incomplete.known_at is null
qualify
    version.fetched_at
    = max(version.fetched_at) over (partition by moment.source_id, moment.name, moment.known_at, version.document)
