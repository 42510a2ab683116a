-- Grain: one row per version that the publishers' documents of one turn bring: a new, revised or withdrawn value.
-- Reads: publisher_candidate, document_turn, newest_version, usable_version, feed, quarantine, claim_version
-- Whatever of a value's columns differs makes a version, but for those that say which bytes it stood in and when they
-- came; a difference within 1e-9 of a number is rounding noise. What a document no longer carries, though the indicator
-- is still fed from it, is withdrawn, but not where a row was set aside that may be it, which is not absence: a row may
-- be about the series and the time that could be read of it, and about any where that could not (see kept_value).
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

-- What the newest versions and the candidates say, but for which bytes it stood in and when those came; the numbers
-- stand as whether there is one.
said as (
    select
        * exclude (
            claim_id,
            corrects,
            first_claim_id,
            version,
            revision_share,
            looked_before,
            published_on,
            published_on_inferred,
            recorded_at,
            sha256,
            row_number,
            source_url
        )
        replace (value is null as value, value_low is null as value_low, value_high is null as value_high)
    from (
        select
            *,
            true as is_recorded
        from newest_version
        union all by name
        select
            *,
            false as is_recorded
        from candidate
    ) as recorded_or_brought
),

differing as (
    select * exclude (is_recorded)
    from said
    where not is_recorded
    except
    select * exclude (is_recorded)
    from said
    where is_recorded
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
    left join differing
        on candidate.tracker_id = differing.tracker_id and candidate.claim_key = differing.claim_key
    where
        newest.claim_id is null
        or differing.claim_key is not null
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
            correction_reason,
            published_on,
            published_on_inferred,
            status,
            revision_share
        )
    from newest_version
    where status <> 'withdrawn'
),

set_aside as (
    select
        quarantine.source_id,
        quarantine.sha256,
        quarantine.series,
        quarantine.period_start,
        feed.tracker_id,
        feed.indicator_id
    from quarantine
    left join feed
        on quarantine.source_id = feed.source_id and quarantine.series = feed.series
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
        'no longer in the publisher''s document' as correction_reason,
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
    where
        candidate.claim_key is null
        and not exists (
            select 1
            from set_aside
            where
                set_aside.source_id = turn.source_id
                and set_aside.sha256 = turn.sha256
                and (
                    set_aside.series is null
                    or (
                        set_aside.tracker_id = missed.tracker_id
                        and set_aside.indicator_id = missed.indicator_id
                    )
                )
                and coalesce(set_aside.period_start between missed.period_start and missed.period_end, true)
        )
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
),

numbered as (
    select
        *,
        claim_id in (
            select known.claim_id
            from claim_version as known
            inner join turn
                on known.source_id = turn.source_id and known.scope = turn.scope
        ) as is_known
    from identified
)

-- The same value in the same bytes, said otherwise (a changed grade, or a mended reader), is told apart by its number.
select
    * exclude (claim_id, is_known, first_claim_id, last_version, looked_before),
    if(is_known, concat_ws('-', claim_id, last_version + 1), claim_id) as claim_id,
    coalesce(first_claim_id, claim_id) as first_claim_id,
    coalesce(last_version, 0) + 1 as version
from numbered
