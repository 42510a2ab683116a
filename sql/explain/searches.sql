-- Grain: one row per search of the indicator that was known at the as-of date, the newest first.
-- Reads: search
select
    searched_on,
    window_from,
    looked_until,
    n_known,
    n_found,
    n_both,
    reach_low,
    reach_high,
    feeds,
    gaps,
    leads_read,
    searched_by
from search
where tracker_id = $tracker and indicator_id = $indicator and searched_on <= $as_of and looked_until <= $as_of
order by searched_on desc, looked_until desc, row_number desc
