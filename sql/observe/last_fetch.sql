-- Grain: one row per source: what came of its last attempt, and when it last answered.
-- Reads: fetch_attempt
-- A source that was not asked keeps the outcome of the attempt before. One document that failed fails the source; of
-- several the first by name speaks.
with attempt as (
    select
        source_id,
        outcome,
        message,
        coalesce(document, '') as document,
        fetched_at,
        fetched_at = max(fetched_at) over (partition by source_id) as is_last,
        case outcome when 'failure' then 3 when 'miss' then 2 else 1 end as gravity
    from fetch_attempt
    where outcome <> 'skipped'
)

select
    source_id,
    min_by(outcome, (-gravity, document)) filter (where is_last) as outcome,
    min_by(message, (-gravity, document)) filter (where is_last) as message,
    max(fetched_at) as tried_at,
    max(fetched_at) filter (where outcome in ('hit', 'unchanged')) as answered_at
from attempt
group by source_id
order by source_id
