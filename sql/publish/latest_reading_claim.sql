-- Grain: one row per claim pooled into a reading at the newest as-of date.
-- Reads: reading_claim, as_of_date
select reading_claim.*
from reading_claim
inner join as_of_date
    on reading_claim.tracker_id = as_of_date.tracker_id and reading_claim.as_of = as_of_date.as_of
where as_of_date.is_latest
