-- Question: Which predictions fall due in the next 90 days, and what would they become?
-- Columns: tracker_id, date, indicator_id, scenario_id, becomes, if_what
-- Parameters: days = 90
select
    deadline.tracker_id,
    deadline.date,
    deadline.indicator_id,
    deadline.scenario_id,
    deadline.becomes,
    deadline.if_what
from deadline
inner join as_of_date on deadline.tracker_id = as_of_date.tracker_id and as_of_date.is_latest
where deadline.date > as_of_date.as_of and deadline.date <= as_of_date.as_of + cast($days as integer)
order by deadline.date, deadline.tracker_id, deadline.indicator_id, deadline.scenario_id, deadline.becomes
