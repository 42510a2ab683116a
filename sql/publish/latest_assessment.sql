-- Grain: one row per indicator and named scenario at the newest as-of date.
-- Reads: assessment, as_of_date
select assessment.*
from assessment
inner join as_of_date
    on assessment.tracker_id = as_of_date.tracker_id and assessment.as_of = as_of_date.as_of
where as_of_date.is_latest
