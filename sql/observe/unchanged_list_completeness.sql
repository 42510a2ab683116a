-- Grain: one row of list_completeness at the run's own date.
-- Reads: list_completeness, as_of_date
-- Where nothing has come since the release before, what stands is also what would have been read without it.
select list_completeness.*
from list_completeness
inner join as_of_date
    on list_completeness.tracker_id = as_of_date.tracker_id and list_completeness.as_of = as_of_date.as_of
where as_of_date.is_latest
