-- Grain: one row per tracker with scored indicators that publishers can feed: how many, and which have had no answer.
-- Reads: coverage
select
    tracker_id,
    count(*) as fed,
    count(*) filter (where publisher_state = 'answered') as answered,
    string_agg(indicator_id, ', ' order by indicator_id) filter (where publisher_state = 'failed') as failed,
    string_agg(indicator_id, ', ' order by indicator_id) filter (where publisher_state = 'never_asked') as never_asked
from coverage
where scored and fed_by in ('publisher', 'derived')
group by tracker_id
order by tracker_id
