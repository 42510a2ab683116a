-- Grain: one row per indicator: what it says at the newest as-of date.
-- Reads: reading, as_of_date
select reading.*
from reading
inner join as_of_date
    on reading.tracker_id = as_of_date.tracker_id and reading.as_of = as_of_date.as_of
where as_of_date.is_latest
