-- Grain: one row per tracker and indicator: what it says at the release's own date, as text.
-- Reads: latest_reading
select
    tracker_id,
    indicator_id,
    case
        when kind is not null
            then concat_ws(' ', kind, category, cast(round(value, 6) as varchar), cast(reading_date as varchar))
    end as said
from latest_reading
order by tracker_id, indicator_id
