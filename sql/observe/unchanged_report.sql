-- Grain: one row per report that the run's own date reads.
-- Reads: pooled_report, as_of_date
-- Where no claim has come since the release before, what stands is also what would have been read without any.
select pooled_report.*
from pooled_report
inner join as_of_date
    on pooled_report.tracker_id = as_of_date.tracker_id and pooled_report.as_of = as_of_date.as_of
where as_of_date.is_latest
