-- Grain: one row per named scenario at the newest as-of date.
-- Reads: surprise, as_of_date
select surprise.*
from surprise
inner join as_of_date
    on surprise.tracker_id = as_of_date.tracker_id and surprise.as_of = as_of_date.as_of
where as_of_date.is_latest
