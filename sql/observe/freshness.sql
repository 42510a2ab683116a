-- Grain: one row per source, and one per tracker and indicator.
-- Reads: source, last_fetch, fetch_attempt, claim, kept_value, indicator, publisher_row, feed
-- Two clocks: when we last looked, and the newest period there is. The sources of an indicator say the same quantity
-- side by side, so it is as fresh as the newest of them; one that has said nothing yet is named, one that failed makes
-- it failed. A value that is put together from several series has the period and date of the last of them. Where days
-- are put together to months, the newest day counts, not the end of the newest whole month. Where the newest value is
-- one that was kept, since its row could not be read any more, the indicator is stale whatever its age.
-- The ledger was looked at when its newest row was recorded. A source that was never asked since it needs a key that is
-- not set is not configured: a state of its own, not a fault.
with known as (
    select
        claim.*,
        kept_value.claim_id is not null as is_kept
    from claim
    left join kept_value
        on claim.tracker_id = kept_value.tracker_id and claim.claim_id = kept_value.claim_id
    where claim.published_on <= $as_of and not claim.held
    qualify row_number() over (partition by claim.tracker_id, claim.first_claim_id order by claim.version desc) = 1
),

heard as (
    select
        tracker_id,
        indicator_id,
        source_id,
        least(coalesce(greatest(period_end, searched_until, happened_to), published_on), published_on)
            as newest_period,
        recorded_at,
        is_kept
    from known
    where status <> 'withdrawn' and kind <> 'plan'
    union all
    select
        feed.tracker_id,
        feed.indicator_id,
        feed.source_id,
        publisher_row.period_end as newest_period,
        publisher_row.fetched_at as recorded_at,
        false as is_kept
    from publisher_row
    inner join feed
        on
            publisher_row.source_id = feed.source_id
            and publisher_row.series = feed.series
            and split_part(publisher_row.document, '/', 1) = feed.document
    where feed.period = 'month' and publisher_row.period_end <= $as_of
),

spoken as (
    select
        tracker_id,
        indicator_id,
        source_id,
        max(newest_period) as newest_period,
        max(recorded_at) as recorded_at,
        max(newest_period) > coalesce(max(newest_period) filter (where not is_kept), date '0001-01-01') as is_kept
    from heard
    group by tracker_id, indicator_id, source_id
),

skipped as (
    select
        source_id,
        max_by(message, fetched_at) as message
    from fetch_attempt
    where outcome = 'skipped'
    group by source_id
),

of_source as (
    select
        source.source_id,
        source.max_age_days,
        last_fetch.outcome,
        last_fetch.message,
        case when source.source_id = 'ledger' then max(spoken.recorded_at) else last_fetch.answered_at end
            as last_looked,
        max(spoken.newest_period) as newest_period
    from source
    left join last_fetch on source.source_id = last_fetch.source_id
    left join spoken on source.source_id = spoken.source_id
    group by
        source.source_id, source.max_age_days, last_fetch.outcome, last_fetch.message, last_fetch.answered_at
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
        feeding.max_age_days,
        max(spoken.newest_period) as newest_period,
        max(coalesce(last_fetch.answered_at, spoken.recorded_at)) as last_looked,
        coalesce(bool_or(last_fetch.outcome in ('failure', 'miss')), false) as failed,
        coalesce(max_by(spoken.is_kept, spoken.newest_period), false) as is_kept,
        string_agg(
            case
                when last_fetch.outcome in ('failure', 'miss') then feeding.source_id || ' did not answer'
                when spoken.newest_period is null then feeding.source_id || ' has said nothing yet'
                when spoken.is_kept
                    then 'the newest value of ' || feeding.source_id || ' is kept: its row cannot be read any more'
            end,
            '; ' order by feeding.source_id
        ) as detail
    from feeding
    left join spoken
        on
            feeding.tracker_id = spoken.tracker_id
            and feeding.indicator_id = spoken.indicator_id
            and feeding.source_id = spoken.source_id
    left join last_fetch on feeding.source_id = last_fetch.source_id
    group by feeding.tracker_id, feeding.indicator_id, feeding.max_age_days
),

judged as (
    select
        cast(null as varchar) as tracker_id,
        'source:' || of_source.source_id as subject,
        of_source.last_looked,
        of_source.newest_period,
        of_source.max_age_days,
        coalesce(of_source.outcome in ('failure', 'miss'), false) as failed,
        case
            when of_source.outcome in ('failure', 'miss') then coalesce(of_source.message, of_source.outcome)
            when of_source.last_looked is null then coalesce('never asked: ' || skipped.message, 'never looked at')
        end as detail,
        of_source.last_looked is null and coalesce(starts_with(skipped.message, 'needs a key'), false)
            as lacks_key,
        false as is_kept
    from of_source
    left join skipped on of_source.source_id = skipped.source_id
    union all
    select
        tracker_id,
        'indicator:' || indicator_id as subject,
        last_looked,
        newest_period,
        max_age_days,
        failed,
        detail,
        false as lacks_key,
        is_kept
    from of_indicator
),

aged as (
    select
        *,
        $as_of - newest_period as age_days
    from judged
)

select
    tracker_id,
    subject,
    last_looked,
    newest_period,
    age_days,
    max_age_days,
    case
        when failed then 'failed'
        when lacks_key then 'not_configured'
        when last_looked is null or age_days is null then 'unknown'
        when is_kept then 'stale'
        when age_days <= max_age_days then 'fresh'
        when max_age_days is null then 'unknown'
        else 'stale'
    end as verdict,
    coalesce(
        detail,
        'newest period ' || cast(newest_period as varchar) || ', ' || cast(age_days as varchar) || ' days old',
        'nothing heard yet'
    ) as detail
from aged
order by subject, tracker_id
