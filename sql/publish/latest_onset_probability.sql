-- Grain: one row per scenario with an onset, and onset, at the newest as-of date.
-- Reads: onset_probability, as_of_date
select onset_probability.*
from onset_probability
inner join as_of_date
    on onset_probability.tracker_id = as_of_date.tracker_id and onset_probability.as_of = as_of_date.as_of
where as_of_date.is_latest
