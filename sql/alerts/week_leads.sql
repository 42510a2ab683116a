-- Grain: one row per open lead of one release, the five of each tracker that could move most.
-- Reads: lead
with best as (
    select
        tracker_id,
        lead_id,
        min(rank) as rank,
        any_value(title) as title,
        any_value(source_name) as source_name,
        any_value(url) as url
    from lead
    where is_open
    group by tracker_id, lead_id
)

select
    tracker_id,
    row_number() over (partition by tracker_id order by rank) as rank,
    title,
    source_name,
    url,
    count(*) over (partition by tracker_id) as n_open
from best
qualify row_number() over (partition by tracker_id order by rank) <= 5
order by tracker_id, rank
