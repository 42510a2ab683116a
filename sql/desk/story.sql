-- Grain: one row per story, that is per group of leads whose titles tell the same.
-- Reads: lead
with one as (
    select
        *,
        coalesce(published_on, seen_at::date) as day
    from lead
)

select
    tracker_id,
    story_id,
    arg_min(title, (seen_at, lead_id)) as title,
    min(day) as first_day,
    max(day) as last_day,
    count(distinct lead_id) as n_leads,
    count(distinct source_name) as n_outlets,
    string_agg(distinct source_name, ', ' order by source_name) as outlets,
    string_agg(distinct indicator_id, ', ' order by indicator_id) as indicators,
    count(distinct lead_id) filter (where is_open) as n_open
from one
group by tracker_id, story_id
