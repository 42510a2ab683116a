-- Question: Which leads wait for a decision, those that could move most first?
-- Columns: tracker_id, rank, indicator_id, title, url, source_name, published_on
-- Parameters: at_most = 20
select
    tracker_id,
    rank,
    indicator_id,
    title,
    url,
    source_name,
    published_on
from lead
where is_open and rank <= $at_most
order by tracker_id, rank
