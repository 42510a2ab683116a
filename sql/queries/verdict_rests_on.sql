-- Question: On which indicators does the verdict rest: whose absence would move the odds most?
-- Columns: tracker_id, left_out, scenario_id, posterior, move, move_held_weights
select
    influence.tracker_id,
    influence.left_out,
    influence.scenario_id,
    influence.posterior,
    influence.move,
    influence.move_held_weights
from influence
qualify
    row_number() over (
        partition by influence.tracker_id, influence.left_out
        order by abs(influence.move) desc, influence.scenario_id asc
    ) = 1
order by abs(influence.move) desc, influence.tracker_id asc, influence.left_out asc
