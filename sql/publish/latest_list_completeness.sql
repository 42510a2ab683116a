-- Grain: one row per list and node of its completeness at the newest as-of date.
-- Reads: list_completeness, as_of_date
select list_completeness.*
from list_completeness
inner join as_of_date
    on list_completeness.tracker_id = as_of_date.tracker_id and list_completeness.as_of = as_of_date.as_of
where as_of_date.is_latest
