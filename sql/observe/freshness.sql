-- Grain: one row per source, and one per tracker and indicator.
-- Reads: source, last_fetch, claim, indicator
-- Two clocks: when we last looked, and the newest period there is. An indicator is as old as the oldest of the sources
-- that feed it; one that has never spoken makes it unknown, which counts as stale.
with spoken as (
    select
        tracker_id,
        indicator_id,
        source_id,
        max(least(coalesce(period_end, searched_until, happened_to, published_on), published_on)) as newest_period,
        max(recorded_at) as recorded_at
    from claim
    where superseded_by is null and not held and status <> 'withdrawn' and kind <> 'plan' and published_on <= $as_of
    group by tracker_id, indicator_id, source_id
),

of_source as (
    select
        source.source_id,
        source.max_age_days,
        last_fetch.outcome,
        last_fetch.message,
        last_fetch.answered_at,
        max(spoken.newest_period) as newest_period
    from source
    left join last_fetch on source.source_id = last_fetch.source_id
    left join spoken on source.source_id = spoken.source_id
    group by all
),

feeding as (
    select
        tracker_id,
        indicator_id,
        max_age_days,
        unnest(string_split(replace(sources, ' ', ''), ',')) as source_id
    from indicator
),

of_indicator as (
    select
        feeding.tracker_id,
        feeding.indicator_id,
        any_value(feeding.max_age_days) as max_age_days,
        if(bool_or(spoken.newest_period is null), null, min(spoken.newest_period)) as newest_period,
        max(spoken.recorded_at) as last_looked
    from feeding
    left join spoken
        on
            feeding.tracker_id = spoken.tracker_id
            and feeding.indicator_id = spoken.indicator_id
            and feeding.source_id = spoken.source_id
    group by feeding.tracker_id, feeding.indicator_id
),

judged as (
    select
        cast(null as varchar) as tracker_id,
        'source:' || source_id as subject,
        answered_at as last_looked,
        newest_period,
        max_age_days,
        coalesce(outcome in ('failure', 'miss'), false) as failed,
        coalesce(message, 'never asked') as detail
    from of_source
    union all by name
    select
        tracker_id,
        'indicator:' || indicator_id as subject,
        last_looked,
        newest_period,
        max_age_days,
        false as failed,
        cast(null as varchar) as detail
    from of_indicator
)

select
    tracker_id,
    subject,
    last_looked,
    newest_period,
    cast(date_diff('day', newest_period, $as_of) as integer) as age_days,
    max_age_days,
    case
        when failed then 'failed'
        when last_looked is null or newest_period is null then 'unknown'
        when date_diff('day', newest_period, $as_of) <= max_age_days then 'fresh'
        else 'stale'
    end as verdict,
    coalesce(
        detail,
        if(newest_period is null, 'no claim yet', 'newest period ' || cast(newest_period as varchar))
    ) as detail
from judged
order by subject, tracker_id
