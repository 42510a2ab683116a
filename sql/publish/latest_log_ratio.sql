-- Grain: one row per scored indicator with a reading at the newest as-of date, and hypothesis.
-- Reads: log_ratio, as_of_date
select log_ratio.*
from log_ratio
inner join as_of_date
    on log_ratio.tracker_id = as_of_date.tracker_id and log_ratio.as_of = as_of_date.as_of
where as_of_date.is_latest
