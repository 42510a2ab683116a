-- Grain: one row per source: its last attempt, and when it last answered.
-- Reads: fetch
select
    source_id,
    arg_max(outcome, fetched_at) as outcome,
    arg_max(message, fetched_at) as message,
    max(fetched_at) as tried_at,
    max(fetched_at) filter (where outcome in ('hit', 'unchanged')) as answered_at
from "fetch"
group by source_id
