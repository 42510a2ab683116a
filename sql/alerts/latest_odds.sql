-- Grain: one row per scenario of an earlier release: its odds then.
-- Reads: latest_scenario_probability
select
    release_id,
    tracker_id,
    scenario_id,
    posterior
from latest_scenario_probability
where variant = 'headline'
