-- Grain: one row per scenario: the indicator's likelihood ratio against 'none of the above', onset summed out.
-- Reads: log_ratio, hypothesis
select
    log_ratio.scenario_id,
    any_value(log_ratio.weight) as weight,
    ln(sum(hypothesis.onset_weight * exp(log_ratio.log_ratio))) as log_ratio,
    min(log_ratio.log_ratio) as least,
    max(log_ratio.log_ratio) as most,
    count(*) as n_onsets
from log_ratio
inner join hypothesis
    on
        log_ratio.tracker_id = hypothesis.tracker_id
        and log_ratio.scenario_id = hypothesis.scenario_id
        and log_ratio.onset = hypothesis.onset
where
    log_ratio.tracker_id = $tracker
    and log_ratio.indicator_id = $indicator
    and log_ratio.as_of = $as_of
group by log_ratio.scenario_id
