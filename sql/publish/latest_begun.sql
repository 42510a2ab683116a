-- Grain: one row per scenario with an onset at the newest as-of date.
-- Reads: begun, as_of_date
select begun.*
from begun
inner join as_of_date
    on begun.tracker_id = as_of_date.tracker_id and begun.as_of = as_of_date.as_of
where as_of_date.is_latest
