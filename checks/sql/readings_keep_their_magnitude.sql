-- Severity: warning
-- Target: reading
-- Rule: the newest reading of a quantity stays within its indicator's factor of the one at the date before.
-- Grain: one row per reading that does not.
-- Reads: reading, indicator_setting
select
    reading.tracker_id,
    reading.as_of,
    reading.indicator_id,
    reading.value,
    earlier.value as value_before
from reading
asof inner join reading as earlier
    on
        reading.tracker_id = earlier.tracker_id
        and reading.indicator_id = earlier.indicator_id
        and reading.as_of > earlier.as_of
inner join indicator_setting as setting
    on reading.tracker_id = setting.tracker_id and reading.indicator_id = setting.indicator_id
where
    reading.as_of = (select max(newest.as_of) from reading as newest)
    and reading.kind in ('value', 'interval', 'nowcast')
    and reading.value > 0
    and earlier.value > 0
    and greatest(reading.value / earlier.value, earlier.value / reading.value) > setting.magnitude
