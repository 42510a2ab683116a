-- Grain: one row per tracker of an earlier release: whether "no scenario fits" held then.
-- Reads: latest_surprise
select
    tracker_id,
    any_value(release_id) as release_id,
    bool_or(alarm) as alarm
from latest_surprise
group by tracker_id
