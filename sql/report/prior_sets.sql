-- Grain: one row per set of starting odds and scenario: the probability that it gives the analysts' word.
-- Reads: prior_set
select
    prior_set,
    scenario_id,
    prior,
    origin
from prior_set
where tracker_id = $tracker
order by prior_set, scenario_id
