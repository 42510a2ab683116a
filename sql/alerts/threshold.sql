-- Grain: one row per scenario and threshold that its odds have crossed and stayed beyond for two releases.
-- Reads: odds_path, tracker_setting
with threshold as (
    select
        tracker_id,
        unnest(cast(settings -> '$.alerts.probability_threshold' as double[])) as threshold
    from tracker_setting
),

crossing as (
    select
        odds_path.*,
        threshold.threshold,
        case when odds_path.p_now >= threshold.threshold then 'above' else 'below' end as side
    from odds_path
    inner join threshold on odds_path.tracker_id = threshold.tracker_id
    where
        (odds_path.p_before >= threshold.threshold) <> (odds_path.p_last >= threshold.threshold)
        and (odds_path.p_last >= threshold.threshold) = (odds_path.p_now >= threshold.threshold)
)

select
    tracker_id,
    scenario_id,
    'threshold' as kind,
    'warning' as severity,
    cast(null as varchar) as indicator_id,
    title || ' is now ' || side || ' ' || printf('%.0f', 100 * threshold) || ' %: '
    || printf('%.1f', 100 * p_now) || ' % after ' || printf('%.1f', 100 * p_last) || ' % and, two releases ago, '
    || printf('%.1f', 100 * p_before) || ' %; ' || why as message,
    concat_ws(':', 'threshold', tracker_id, scenario_id, threshold, side, last_release_id) as alert_key
from crossing
