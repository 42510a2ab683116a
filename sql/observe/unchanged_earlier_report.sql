-- Grain: one row of earlier_report at the run's own date.
-- Reads: earlier_report, as_of_date
-- Where nothing has come since the release before, what stands is also what would have been read without it.
select earlier_report.*
from earlier_report
inner join as_of_date
    on earlier_report.tracker_id = as_of_date.tracker_id and earlier_report.as_of = as_of_date.as_of
where as_of_date.is_latest
