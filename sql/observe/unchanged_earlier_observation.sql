-- Grain: one row of earlier_observation at the run's own date.
-- Reads: earlier_observation, as_of_date
-- Where nothing has come since the release before, what stands is also what would have been read without it.
select earlier_observation.*
from earlier_observation
inner join as_of_date
    on earlier_observation.tracker_id = as_of_date.tracker_id and earlier_observation.as_of = as_of_date.as_of
where as_of_date.is_latest
