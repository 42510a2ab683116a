-- Grain: one row per group and named hypothesis at the newest as-of date.
-- Reads: shared_luck, as_of_date
select shared_luck.*
from shared_luck
inner join as_of_date
    on shared_luck.tracker_id = as_of_date.tracker_id and shared_luck.as_of = as_of_date.as_of
where as_of_date.is_latest
