-- Grain: one row per scenario whose odds have moved by more than the set amount and stayed moved for two releases.
-- Reads: odds_path, tracker_setting
select
    odds_path.tracker_id,
    odds_path.scenario_id,
    'move' as kind,
    'warning' as severity,
    cast(null as varchar) as indicator_id,
    odds_path.title || ' moved by ' || printf('%+.1f', 100 * (odds_path.p_now - odds_path.p_before)) || ' points: '
    || printf('%.1f', 100 * odds_path.p_before) || ' % two releases ago, ' || printf('%.1f', 100 * odds_path.p_last)
    || ' % in the last one, ' || printf('%.1f', 100 * odds_path.p_now) || ' % now; ' || odds_path.why as message,
    concat_ws(':', 'move', odds_path.tracker_id, odds_path.scenario_id, odds_path.last_release_id) as alert_key
from odds_path
inner join tracker_setting on odds_path.tracker_id = tracker_setting.tracker_id
where
    abs(odds_path.p_last - odds_path.p_before) > cast(tracker_setting.settings -> '$.alerts.move' as double)
    and abs(odds_path.p_now - odds_path.p_before) > cast(tracker_setting.settings -> '$.alerts.move' as double)
    and sign(odds_path.p_last - odds_path.p_before) = sign(odds_path.p_now - odds_path.p_before)
