-- Grain: one row per draw and scenario, at the newest as-of date.
-- Reads: interval_draw, as_of_date
select interval_draw.*
from interval_draw
inner join as_of_date
    on interval_draw.tracker_id = as_of_date.tracker_id and interval_draw.as_of = as_of_date.as_of
where as_of_date.is_latest
