-- Grain: one row per scored indicator, scenario and onset: what its reading adds to the log odds.
-- Reads: log_ratio, indicator, tracker
-- The sum over the indicators, added to the log of prior and onset weight, gives the published odds.
select
    log_ratio.indicator_id,
    indicator.group_id,
    log_ratio.scenario_id,
    log_ratio.onset,
    tracker.temper * log_ratio.weight * log_ratio.log_ratio as added_log_odds
from log_ratio
inner join indicator
    on log_ratio.tracker_id = indicator.tracker_id and log_ratio.indicator_id = indicator.indicator_id
inner join tracker on log_ratio.tracker_id = tracker.tracker_id
where log_ratio.tracker_id = $tracker and log_ratio.as_of = $as_of
order by log_ratio.indicator_id, log_ratio.scenario_id, log_ratio.onset
