-- Question: Which publishers could not be read or are stale, and what did they last answer?
-- Columns: source_id, verdict, newest_period, last_looked, last_answer
with last_attempt as (
    select
        source_id,
        arg_max(outcome || coalesce(': ' || message, ''), fetched_at) as last_answer
    from fetch_attempt
    group by source_id
)

select
    source.source_id,
    freshness.verdict,
    freshness.newest_period,
    freshness.last_looked,
    last_attempt.last_answer
from source
inner join freshness on freshness.subject = 'source:' || source.source_id
left join last_attempt on source.source_id = last_attempt.source_id
where freshness.verdict <> 'fresh'
order by source.source_id
