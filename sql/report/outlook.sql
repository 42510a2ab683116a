-- Grain: one row per year to come: the chance that the matter is settled by its end, rightly or wrongly.
-- Reads: outlook
select
    year,
    p_settled_right,
    p_settled_wrong,
    expected_entropy
from outlook
where tracker_id = $tracker
order by year
