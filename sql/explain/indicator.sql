-- Grain: the one indicator asked for, with its reading at the newest as-of date on or before the day asked for.
-- Reads: indicator, tracker, indicator_setting, reading
select
    indicator.indicator_id,
    indicator.title,
    indicator.meaning,
    indicator.unit,
    indicator.group_id,
    indicator.scored as indicator_scored,
    indicator.why_not_scored as indicator_why_not_scored,
    indicator.usage_warning,
    tracker.evidence_weight,
    tracker.defining_weight,
    setting.defines,
    reading.as_of,
    reading.kind,
    reading.value,
    reading.value_low,
    reading.value_high,
    reading.category,
    reading.reading_date,
    reading.scored_at,
    reading.trials,
    reading.exposure_start,
    reading.exposure_end,
    reading.scored,
    reading.why_not_scored,
    reading.n_reports,
    reading.reliability,
    reading.missing_reason,
    reading.release_id
from indicator
inner join tracker on indicator.tracker_id = tracker.tracker_id
left join indicator_setting as setting
    on indicator.tracker_id = setting.tracker_id and indicator.indicator_id = setting.indicator_id
inner join reading
    on indicator.tracker_id = reading.tracker_id and indicator.indicator_id = reading.indicator_id
where
    indicator.tracker_id = $tracker
    and indicator.indicator_id = $indicator
    and reading.as_of <= $as_of
order by reading.as_of desc
limit 1
