-- Grain: one row per critical check that failed in this run and whose failing rows are not all of trackers held back.
-- Reads: check_result, withheld_tracker
select
    check_name,
    target,
    detail,
    first_rows,
    failing_rows
from check_result
where
    severity = 'critical'
    and not passed
    and not coalesce(
        list_has_all((select list(withheld_tracker.tracker_id) from withheld_tracker), string_split(trackers, ', ')),
        false
    )
order by target, check_name
