-- Question: What was the last stage that each project reached, and when?
-- Columns: tracker_id, project_id, title, stage, happened_on, claim_id
select
    milestone.tracker_id,
    milestone.project_id,
    project.title,
    milestone.stage,
    milestone.happened_on,
    milestone.claim_id
from milestone
inner join project
    on milestone.tracker_id = project.tracker_id and milestone.project_id = project.project_id
where milestone.happened_on is not null
qualify
    row_number() over (
        partition by milestone.tracker_id, milestone.project_id
        order by milestone.happened_on desc, milestone.published_on desc, milestone.claim_id asc
    ) = 1
order by milestone.tracker_id, milestone.project_id
