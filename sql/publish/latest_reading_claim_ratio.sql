-- Grain: one row per claim pooled at the newest as-of date, and hypothesis.
-- Reads: reading_claim_ratio, as_of_date
select reading_claim_ratio.*
from reading_claim_ratio
inner join as_of_date
    on reading_claim_ratio.tracker_id = as_of_date.tracker_id and reading_claim_ratio.as_of = as_of_date.as_of
where as_of_date.is_latest
