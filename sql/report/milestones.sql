-- Grain: one row per project, stage and claim: reached, promised, and how many days a promise is overdue.
-- Reads: milestone, project
select
    milestone.project_id,
    project.title,
    milestone.stage,
    milestone.happened_on,
    milestone.planned_for,
    milestone.days_overdue,
    milestone.slip_days,
    milestone.claim_id,
    milestone.published_on
from milestone
left join project on milestone.tracker_id = project.tracker_id and milestone.project_id = project.project_id
where milestone.tracker_id = $tracker
order by milestone.days_overdue desc nulls last, milestone.project_id asc, milestone.published_on asc
