-- Question: When will we know which scenario holds, and how likely are we to be wrong then?
-- Columns: tracker_id, year, expected_entropy, p_settled_right, p_settled_wrong
select
    outlook.tracker_id,
    outlook.year,
    outlook.expected_entropy,
    outlook.p_settled_right,
    outlook.p_settled_wrong
from outlook
order by outlook.tracker_id, outlook.year
