-- Grain: one row per tracker and date: the run's own, and that of the release before.
-- Reads: as_of_date
select *
from main.as_of_date
where is_latest
union
select * replace (cast($as_of as date) as as_of, as_of = $as_of as is_latest)
from main.as_of_date
where is_latest
