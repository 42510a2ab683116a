-- Question: Which stories are told by more than one outlet?
-- Columns: tracker_id, story_id, title, n_outlets, outlets, first_day, n_open
select
    tracker_id,
    story_id,
    title,
    n_outlets,
    outlets,
    first_day,
    n_open
from story
where n_outlets > 1
order by n_outlets desc, first_day desc, tracker_id asc, story_id asc
