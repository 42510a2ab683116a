-- Grain: one row per source: whether it answered when last asked, and whether its newest period is young enough.
-- Reads: source, fetch_attempt, freshness
-- A source that was never asked has not answered; one whose newest period is unknown is not current. A source answered
-- if no document of its last visit failed; the first failing document by name speaks for the others.
with visit as (
    select
        source_id,
        fetched_at,
        document,
        outcome,
        message,
        outcome in ('failure', 'miss') as is_bad,
        fetched_at = max(fetched_at) over (partition by source_id) as is_last
    from fetch_attempt
    where outcome <> 'skipped'
),

answer as (
    select
        source_id,
        count(*) filter (where is_last) as asked,
        count(*) filter (where is_last and is_bad) as failed,
        min_by(coalesce(document || ': ', '') || message, coalesce(document, '')) filter (where is_last and is_bad)
            as first_fault,
        max(fetched_at) filter (where outcome in ('hit', 'unchanged')) as answered_at,
        max(fetched_at) as tried_at
    from visit
    group by source_id
),

fault as (
    select
        visit.source_id,
        min(visit.fetched_at) as failing_since
    from visit
    left join answer on visit.source_id = answer.source_id
    where visit.is_bad and visit.fetched_at > coalesce(answer.answered_at, timestamp '1970-01-01')
    group by visit.source_id
),

silence as (
    select
        source_id,
        max_by(message, fetched_at) as why
    from fetch_attempt
    where outcome = 'skipped'
    group by source_id
)

select
    source.source_id,
    answer.answered_at,
    freshness.newest_period,
    coalesce(answer.failed = 0, false) as answered,
    coalesce(freshness.age_days <= freshness.max_age_days, false) as current,
    case
        when answer.source_id is null then 'never asked: ' || coalesce(silence.why, 'no run has come to it yet')
        when answer.failed = 0
            then 'answered on ' || strftime(answer.answered_at, '%Y-%m-%d %H:%M') || ' UTC'
        else
            cast(answer.failed as varchar) || ' of ' || cast(answer.asked as varchar) || ' documents failed since '
            || strftime(coalesce(fault.failing_since, answer.tried_at), '%Y-%m-%d') || '; last good '
            || coalesce(strftime(answer.answered_at, '%Y-%m-%d'), 'never') || '; ' || answer.first_fault
    end as answered_detail,
    case
        when freshness.newest_period is null then 'no period of it is known'
        else
            'newest period ' || cast(freshness.newest_period as varchar) || ', '
            || cast(freshness.age_days as varchar) || ' days old; more than '
            || cast(freshness.max_age_days as varchar) || ' is too old'
    end as current_detail
from source
left join answer on source.source_id = answer.source_id
left join fault on source.source_id = fault.source_id
left join silence on source.source_id = silence.source_id
left join freshness on freshness.subject = 'source:' || source.source_id
order by source.source_id
