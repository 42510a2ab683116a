-- Grain: one row per watched indicator: what waits, until when it was looked for, and how well its terms find.
-- Reads: watch_setting, lead, search
with waiting as (
    select
        tracker_id,
        indicator_id,
        count(*) filter (where is_open) as leads_waiting,
        count(*) as leads_found
    from lead
    group by tracker_id, indicator_id
),

looked as (
    select
        tracker_id,
        indicator_id,
        max(looked_until) as looked_until
    from search
    group by tracker_id, indicator_id
)

select
    watch_setting.tracker_id,
    watch_setting.indicator_id,
    watch_setting.look_for,
    watch_setting.cadence_days,
    watch_setting.cap_per_week,
    watch_setting.n_queries,
    watch_setting.feeds,
    watch_setting.recall_found,
    watch_setting.recall_tried,
    coalesce(waiting.leads_waiting, 0) as leads_waiting,
    coalesce(waiting.leads_found, 0) as leads_found,
    looked.looked_until
from watch_setting
left join waiting
    on watch_setting.tracker_id = waiting.tracker_id and watch_setting.indicator_id = waiting.indicator_id
left join looked
    on watch_setting.tracker_id = looked.tracker_id and watch_setting.indicator_id = looked.indicator_id
