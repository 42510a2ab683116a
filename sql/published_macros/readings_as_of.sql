-- Grain: one row per indicator: its reading at the tracker's newest as-of date on or before the day.
-- Reads: reading, as_of_date
-- For example: from readings_as_of('2026-03-01'). As-of dates are the month ends and the run's own date.
-- Parameters: day
select reading.*
from reading
where
    reading.as_of = (
        select max(known.as_of) from as_of_date as known
        where known.tracker_id = reading.tracker_id and known.as_of <= cast($day as date)
    )
