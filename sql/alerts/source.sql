-- Grain: one row per source that is stale, changed, or silent for some days.
-- Reads: freshness, fetch_attempt, source
-- Stale: its newest period is too old. Changed: it answered at the last visit, and what it sent cannot be read. Silent:
-- every attempt has failed for $patience_days days. A source that was never asked, or whose age is unknown, is missing
-- data and fires nothing. The key lasts as long as the condition does, so that each is told once.
with attempt as (
    select
        source_id,
        document,
        outcome,
        message,
        http_status,
        fetched_at,
        fetched_at = max(fetched_at) over (partition by source_id) as is_last
    from fetch_attempt
    where outcome <> 'skipped'
),

failing as (
    select
        now.source_id,
        coalesce(now.document, 'all of it') as document,
        now.message,
        -- The publisher's 200 means that bytes came and could not be used.
        coalesce(now.http_status = 200, false) as is_changed,
        (
            select min(older.fetched_at)
            from attempt as older
            where
                older.source_id = now.source_id
                and (now.document is null or older.document is not distinct from now.document)
                and older.outcome in ('failure', 'miss')
                and older.fetched_at > coalesce(
                    (
                        select max(good.fetched_at)
                        from attempt as good
                        where
                            good.source_id = now.source_id
                            and (now.document is null or good.document is not distinct from now.document)
                            and good.outcome in ('hit', 'unchanged')
                    ),
                    timestamp '1970-01-01'
                )
        ) as failing_since
    from attempt as now
    where now.is_last and now.outcome in ('failure', 'miss')
),

troubled as (
    select
        source_id,
        case when is_changed then 'changed' else 'silent' end as trouble,
        cast(min(failing_since) as date) as since,
        arg_min(document || ': ' || message, failing_since) as detail
    from failing
    where
        failing_since is not null
        and (is_changed or failing_since <= cast($now as timestamp) - to_days(cast($patience_days as integer)))
    group by source_id, is_changed
    union all by name
    select
        substr(subject, 8) as source_id,
        'stale' as trouble,
        newest_period as since,
        'its newest period is ' || cast(newest_period as varchar) || ', ' || cast(age_days as varchar)
        || ' days old; more than ' || cast(max_age_days as varchar) || ' is too old' as detail
    from freshness
    where starts_with(subject, 'source:') and age_days > max_age_days
)

select
    cast(null as varchar) as tracker_id,
    cast(null as varchar) as scenario_id,
    'source' as kind,
    'warning' as severity,
    cast(null as varchar) as indicator_id,
    source.title || ' (' || troubled.source_id || ') is ' || troubled.trouble
    || case when troubled.trouble = 'stale' then '' else ' since ' || cast(troubled.since as varchar) end
    || ': ' || troubled.detail || '; its last good data stay in use' as message,
    concat_ws(':', 'source', troubled.source_id, troubled.trouble, troubled.since) as alert_key
from troubled
inner join source on troubled.source_id = source.source_id
