-- Grain: one row per indicator that a source feeds: how many claims, and the newest.
-- Reads: claim
select
    indicator_id,
    count(*) as claims,
    max(published_on) as newest
from claim
where tracker_id = $tracker and source_id = $source
group by indicator_id
order by indicator_id
