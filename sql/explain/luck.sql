-- Grain: one row per scenario: the reading's luck, and the shared luck of its storyline; the best onset first.
-- Reads: log_ratio, indicator, shared_luck
select
    log_ratio.scenario_id,
    min(log_ratio.z) as least_z,
    max(log_ratio.z) as most_z,
    any_value(luck.n_readings) as n_readings,
    min(luck.log_correction) as least_luck,
    max(luck.log_correction) as most_luck
from log_ratio
inner join indicator
    on log_ratio.tracker_id = indicator.tracker_id and log_ratio.indicator_id = indicator.indicator_id
inner join shared_luck as luck
    on
        log_ratio.tracker_id = luck.tracker_id
        and log_ratio.as_of = luck.as_of
        and indicator.group_id = luck.group_id
        and log_ratio.scenario_id = luck.scenario_id
        and log_ratio.onset = luck.onset
where
    log_ratio.tracker_id = $tracker
    and log_ratio.indicator_id = $indicator
    and log_ratio.as_of = $as_of
group by log_ratio.scenario_id
order by log_ratio.scenario_id
