-- Grain: one row per value in use that its publisher's newest document carries in no row that could be read.
-- Reads: newest_version, publisher_candidate, document_turn, quarantine, feed
-- What else a document no longer carries has been withdrawn by now: what is left was kept, since a row set aside may be
-- it (see publisher_version). It says what it said before, and may be out of date.
with newest as (
    select
        source_id,
        scope,
        max(recorded_at) as recorded_at,
        max_by(sha256, turn) as sha256
    from document_turn
    group by source_id, scope
),

fed as (
    select distinct
        tracker_id,
        indicator_id,
        source_id
    from feed
),

unreadable as (
    select
        source_id,
        sha256,
        count(*) as n_rows,
        min_by(reason, row_number) as first_reason
    from quarantine
    group by source_id, sha256
)

select
    version.tracker_id,
    version.indicator_id,
    version.claim_id,
    version.source_id,
    newest.scope as document,
    version.period_start,
    version.period_end,
    newest.recorded_at as fetched_at,
    coalesce(unreadable.n_rows, 0) as rows_set_aside,
    unreadable.first_reason as reason
from newest_version as version
inner join newest
    on version.source_id = newest.source_id and version.scope = newest.scope
inner join fed
    on
        version.tracker_id = fed.tracker_id
        and version.indicator_id = fed.indicator_id
        and version.source_id = fed.source_id
left join publisher_candidate as candidate
    on
        version.tracker_id = candidate.tracker_id
        and version.claim_key = candidate.claim_key
        and version.scope = candidate.scope
        and newest.recorded_at = candidate.recorded_at
left join unreadable
    on newest.source_id = unreadable.source_id and newest.sha256 = unreadable.sha256
where version.status <> 'withdrawn' and candidate.claim_key is null
order by version.tracker_id, version.claim_id
