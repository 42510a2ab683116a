-- Grain: one row: what an indicator says at the as-of date.
-- Reads: reading
select
    indicator_id,
    kind,
    value,
    value_low,
    value_high,
    category,
    reading_date,
    scored_at,
    trials,
    reliability,
    n_reports,
    scored,
    missing_reason
from reading
where tracker_id = $tracker and as_of = $as_of and indicator_id = $indicator
