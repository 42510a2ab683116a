-- Question: What did we believe on a day, and how have the odds moved since?
-- Columns: tracker_id, scenario_id, first_as_of, second_as_of, first_posterior, second_posterior, move
-- Parameters: day = 2026-03-01
select
    moved.tracker_id,
    moved.scenario_id,
    moved.first_as_of,
    moved.second_as_of,
    moved.first_posterior,
    moved.second_posterior,
    moved.move
from compare($day, (select max(as_of) from as_of_date)) as moved
order by moved.tracker_id asc, abs(moved.move) desc, moved.scenario_id asc
