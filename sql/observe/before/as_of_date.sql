-- Grain: one row per tracker: the run's own date.
-- Reads: as_of_date
select *
from main.as_of_date
where is_latest
