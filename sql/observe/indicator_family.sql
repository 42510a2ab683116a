-- Grain: one row per indicator: what its readings are made of.
-- Reads: indicator, prediction, tracker, tracker_setting, claim
-- Family: event, count (a list of dated events), category, or value, which growth may enter unless it is a share; from
-- the predictions, for an indicator without any from the claims at hand. latest_start: last of its predictions' starts.
with predicted as (
    select
        tracker_id,
        indicator_id,
        max(case when type in ('event_by', 'rate', 'ordinal') then type end) as decisive,
        max(case when type in ('share', 'threshold') then type end) as share_type,
        max(case when type <> 'silent' then type end) as any_type,
        max(cast(json_extract_string(parameters, '$.start.date') as date)) as latest_start
    from prediction
    group by tracker_id, indicator_id
),

claimed as (
    select
        tracker_id,
        indicator_id,
        bool_or(kind in ('event', 'none_seen')) as has_event,
        bool_or(kind = 'count' and trials is null) as has_count,
        bool_or(kind in ('value', 'interval', 'growth') or trials is not null) as has_value,
        bool_or(kind = 'category') as has_category
    from claim
    group by tracker_id, indicator_id
)

select
    indicator.tracker_id,
    indicator.indicator_id,
    indicator.scored as indicator_scored,
    indicator.why_not_scored as indicator_why_not_scored,
    indicator.frequency,
    indicator.usual_period_months,
    tracker.t0,
    predicted.latest_start,
    cast(json_extract_string(tracker_setting.settings, '$.scoring.trailing_months') as integer) as trailing_months,
    cast(json_extract_string(tracker_setting.settings, '$.scoring.nowcast.least_months') as integer) as least_months,
    coalesce(indicator.exposure_start, cast(date_trunc('year', tracker.t0) as date)) as exposure_start,
    case
        when predicted.decisive = 'event_by' then 'event'
        when predicted.decisive = 'rate' then 'count'
        when predicted.decisive = 'ordinal' then 'category'
        when predicted.any_type is not null then 'value'
        when claimed.has_value then 'value'
        when claimed.has_count then 'count'
        when claimed.has_category then 'category'
        when claimed.has_event or indicator.frequency = 'event' then 'event'
        else 'value'
    end as family,
    predicted.share_type is null as takes_growth,
    indicator.quantity,
    cast(json_extract_string(tracker_setting.settings, '$.scoring.nowcast.rest_sd') as double) as rest_sd
from indicator
inner join tracker on indicator.tracker_id = tracker.tracker_id
inner join tracker_setting on indicator.tracker_id = tracker_setting.tracker_id
left join predicted
    on indicator.tracker_id = predicted.tracker_id and indicator.indicator_id = predicted.indicator_id
left join claimed
    on indicator.tracker_id = claimed.tracker_id and indicator.indicator_id = claimed.indicator_id
order by indicator.tracker_id, indicator.indicator_id
