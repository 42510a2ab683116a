-- Grain: one row per version that the publishers' documents of one turn bring: a new, revised or withdrawn value.
-- Reads: publisher_candidate, document_turn, newest_version, usable_version, feed, quarantine
-- A difference within 1e-9 of the value is rounding noise and no version. What a document no longer carries, though the
-- indicator is still fed from it, is withdrawn, but for a document with rows set aside: that is not absence.
-- What differs from the version fetched before was not there then: it could be known from the day of that fetch at the
-- earliest, whatever date the publisher gives it. revision_share is measured against the version in use. The identifier
-- follows from what is said and when it was recorded, so that a rebuild gives the same.
with turn as (
    select *
    from document_turn
    where turn = $turn
),

candidate as (
    select publisher_candidate.*
    from publisher_candidate
    inner join turn
        on
            publisher_candidate.source_id = turn.source_id
            and publisher_candidate.scope = turn.scope
            and publisher_candidate.recorded_at = turn.recorded_at
    qualify
        row_number() over (
            partition by publisher_candidate.tracker_id, publisher_candidate.claim_key
            order by publisher_candidate.row_number
        ) = 1
),

measure as (
    select
        candidate.tracker_id,
        candidate.claim_key,
        usable.value
    from candidate
    inner join usable_version as usable
        on
            candidate.tracker_id = usable.tracker_id
            and candidate.claim_key = usable.claim_key
            and coalesce(usable.in_use_from <= cast(candidate.recorded_at as date), true)
    qualify
        row_number() over (partition by candidate.tracker_id, candidate.claim_key order by usable.version desc) = 1
),

heard as (
    select distinct
        tracker_id,
        indicator_id,
        source_id,
        scope,
        true as is_heard
    from newest_version
),

brought as (
    select
        candidate.* exclude (corrects)
        replace (
            case
                when heard.is_heard then greatest(candidate.published_on, candidate.looked_before)
                else candidate.published_on
            end as published_on,
            candidate.published_on_inferred
            or coalesce(heard.is_heard and candidate.looked_before > candidate.published_on, false)
                as published_on_inferred
        ),
        newest.version as last_version,
        newest.first_claim_id,
        newest.claim_id as corrects,
        case
            when measure.value <> 0 and candidate.value is not null
                then abs(candidate.value - measure.value) / abs(measure.value)
        end as revision_share
    from candidate
    left join newest_version as newest
        on candidate.tracker_id = newest.tracker_id and candidate.claim_key = newest.claim_key
    left join measure
        on candidate.tracker_id = measure.tracker_id and candidate.claim_key = measure.claim_key
    left join heard
        on
            candidate.tracker_id = heard.tracker_id
            and candidate.indicator_id = heard.indicator_id
            and candidate.source_id = heard.source_id
            and candidate.scope = heard.scope
    where
        newest.claim_id is null
        or newest.status <> candidate.status
        or candidate.trials is distinct from newest.trials
        or candidate.searched_until is distinct from newest.searched_until
        or candidate.happened_from is distinct from newest.happened_from
        or candidate.happened_to is distinct from newest.happened_to
        or (candidate.value is null) <> (newest.value is null)
        or (candidate.value_low is null) <> (newest.value_low is null)
        or (candidate.value_high is null) <> (newest.value_high is null)
        or coalesce(abs(candidate.value - newest.value) > 1e-9 * abs(newest.value), false)
        or coalesce(abs(candidate.value_low - newest.value_low) > 1e-9 * abs(newest.value_low), false)
        or coalesce(abs(candidate.value_high - newest.value_high) > 1e-9 * abs(newest.value_high), false)
),

fed as (
    select distinct
        tracker_id,
        indicator_id,
        source_id
    from feed
),

missed as (
    select
        claim_id as corrects,
        version as last_version,
        * exclude (
            claim_id,
            corrects,
            version,
            recorded_at,
            sha256,
            row_number,
            note,
            published_on,
            published_on_inferred,
            status,
            revision_share
        )
    from newest_version
    where status <> 'withdrawn'
),

set_aside as (
    select distinct
        source_id,
        sha256
    from quarantine
),

gone as (
    select
        missed.*,
        'withdrawn' as status,
        cast(turn.recorded_at as date) as published_on,
        true as published_on_inferred,
        turn.recorded_at,
        turn.sha256,
        cast(null as integer) as row_number,
        'no longer in the publisher''s document' as note,
        cast(null as double) as revision_share
    from missed
    inner join turn
        on missed.source_id = turn.source_id and missed.scope = turn.scope
    inner join fed
        on
            missed.tracker_id = fed.tracker_id
            and missed.indicator_id = fed.indicator_id
            and missed.source_id = fed.source_id
    left join candidate
        on missed.tracker_id = candidate.tracker_id and missed.claim_key = candidate.claim_key
    left join set_aside
        on turn.source_id = set_aside.source_id and turn.sha256 = set_aside.sha256
    where candidate.claim_key is null and set_aside.sha256 is null
),

brought_or_gone as (
    select * from brought
    union all by name
    select * from gone
),

identified as (
    select
        *,
        source_id || '-' || left(
            md5(
                concat_ws(
                    '|',
                    tracker_id,
                    claim_key,
                    coalesce(cast(value as varchar), ''),
                    coalesce(cast(value_low as varchar), ''),
                    coalesce(cast(value_high as varchar), ''),
                    coalesce(cast(trials as varchar), ''),
                    status,
                    cast(recorded_at as varchar)
                )
            ),
            16
        ) as claim_id
    from brought_or_gone
)

select
    identified.* exclude (first_claim_id, last_version, looked_before),
    coalesce(first_claim_id, claim_id) as first_claim_id,
    coalesce(last_version, 0) + 1 as version
from identified
