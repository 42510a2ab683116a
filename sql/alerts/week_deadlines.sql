-- Grain: one row per deadline of one release within the days to come.
-- Reads: deadline, indicator, scenario
select
    deadline.date,
    indicator.title as indicator_title,
    scenario.title as scenario_title,
    deadline.becomes,
    deadline.if_what
from deadline
inner join indicator
    on deadline.tracker_id = indicator.tracker_id and deadline.indicator_id = indicator.indicator_id
inner join scenario on deadline.tracker_id = scenario.tracker_id and deadline.scenario_id = scenario.scenario_id
where deadline.date between cast($day as date) and cast($day as date) + cast($days as integer)
order by deadline.date, indicator_title, scenario_title
limit 10
