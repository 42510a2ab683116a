-- Grain: one row per scenario, onset, coverage and year: the probability it would be given, were it the true one.
-- Reads: recognition
select
    scenario_id,
    onset,
    coverage,
    year,
    posterior
from recognition
where tracker_id = $tracker and scenario_id = of_scenario
order by scenario_id, onset, coverage, year
