-- Grain: one row per as-of date and scenario, at the newest as-of date.
-- Reads: probability_interval, as_of_date
select probability_interval.*
from probability_interval
inner join as_of_date
    on probability_interval.tracker_id = as_of_date.tracker_id and probability_interval.as_of = as_of_date.as_of
where as_of_date.is_latest
