-- Grain: one row per observation that the run's own date reads.
-- Reads: observation, as_of_date
-- Where no claim has come since the release before, what stands is also what would have been read without any.
select observation.*
from observation
inner join as_of_date
    on observation.tracker_id = as_of_date.tracker_id and observation.as_of = as_of_date.as_of
where as_of_date.is_latest
