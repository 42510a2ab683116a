-- Grain: one row per scenario: its headline probability at the tracker's newest as-of date on or before the day.
-- Reads: scenario_probability, as_of_date
-- For example: from probability_as_of('2026-03-01'). As-of dates are the month ends and the run's own date.
-- Parameters: day
select probability.*
from scenario_probability as probability
where
    probability.variant = 'headline'
    and probability.as_of = (
        select max(known.as_of) from as_of_date as known
        where known.tracker_id = probability.tracker_id and known.as_of <= cast($day as date)
    )
