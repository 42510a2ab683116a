-- Grain: one row per scored indicator or storyline, scenario and onset: what its reading, or its shared luck, adds to
-- the log of the probability.
-- Reads: log_ratio, indicator, tracker, shared_luck
-- Of a named scenario the sum over the rows, added to the log of prior and onset weight, gives its published share;
-- none of the above is the mixture of all of them under contaminated ratios, so that its own rows are 0.
select
    log_ratio.indicator_id,
    indicator.group_id,
    log_ratio.scenario_id,
    log_ratio.onset,
    log_ratio.weight * log_ratio.log_ratio as added_log_odds
from log_ratio
inner join indicator
    on log_ratio.tracker_id = indicator.tracker_id and log_ratio.indicator_id = indicator.indicator_id
where log_ratio.tracker_id = $tracker and log_ratio.as_of = $as_of
union all by name
select
    null as indicator_id,
    shared_luck.group_id,
    shared_luck.scenario_id,
    shared_luck.onset,
    tracker.evidence_weight * shared_luck.log_correction as added_log_odds
from shared_luck
inner join tracker on shared_luck.tracker_id = tracker.tracker_id
where shared_luck.tracker_id = $tracker and shared_luck.as_of = $as_of and shared_luck.n_readings > 1
order by indicator_id, group_id, scenario_id, onset
