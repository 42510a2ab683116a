-- Grain: one row per report pooled into a reading at the newest as-of date.
-- Reads: pooled_report, as_of_date
select pooled_report.*
from pooled_report
inner join as_of_date
    on pooled_report.tracker_id = as_of_date.tracker_id and pooled_report.as_of = as_of_date.as_of
where as_of_date.is_latest
