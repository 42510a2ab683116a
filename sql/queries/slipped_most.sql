-- Question: Which projects slipped most, over all the dates announced for a stage?
-- Columns: tracker_id, project_id, title, stage, slip_days, times_moved, newest_plan
select
    milestone.tracker_id,
    milestone.project_id,
    project.title,
    milestone.stage,
    sum(milestone.slip_days) as slip_days,
    count(milestone.slip_days) as times_moved,
    arg_max(milestone.planned_for, milestone.published_on) as newest_plan
from milestone
inner join project
    on milestone.tracker_id = project.tracker_id and milestone.project_id = project.project_id
group by milestone.tracker_id, milestone.project_id, project.title, milestone.stage
having sum(milestone.slip_days) is not null
order by slip_days desc, milestone.tracker_id asc, milestone.project_id asc
