-- Grain: one row: the completeness of the indicator's list, if somebody searched it.
-- Reads: list_completeness
select
    count(*) as n_nodes,
    sum(q * weight) as mean,
    min(q) as least,
    max(q) as most
from list_completeness
where tracker_id = $tracker and indicator_id = $indicator and as_of = $as_of
having count(*) > 0
