-- Grain: one row per report pooled into a reading at the newest as-of date.
-- Reads: observation, as_of_date
select observation.*
from observation
inner join as_of_date
    on observation.tracker_id = as_of_date.tracker_id and observation.as_of = as_of_date.as_of
where as_of_date.is_latest
