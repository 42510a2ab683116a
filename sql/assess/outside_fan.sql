-- Grain: one row per scenario with reliable readings outside its fan at the as-of date.
-- Reads: assessment, reading, tracker_setting, indicator_family
-- Outside: beyond the central 99 % at the onset that fits best; of an event, happened or not seen with less than half
-- of the rest; of a category, contradicted.
with judged as (
    select
        assessment.tracker_id,
        assessment.scenario_id,
        case family.family
            when 'event' then assessment.fit
            when 'category' then if(assessment.status = 'contradicted', 0, 0.5)
            else least(assessment.fit, 1 - assessment.fit)
        end as tail,
        reading.reliability,
        cast(json_extract_string(setting.settings, '$.thresholds.contradicted_tail') as double) as least_tail,
        cast(json_extract_string(setting.settings, '$.thresholds.alarm_reliability') as double) as least_reliability
    from assessment
    inner join reading
        on
            assessment.tracker_id = reading.tracker_id
            and assessment.as_of = reading.as_of
            and assessment.indicator_id = reading.indicator_id
    inner join indicator_family as family
        on assessment.tracker_id = family.tracker_id and assessment.indicator_id = family.indicator_id
    inner join tracker_setting as setting on assessment.tracker_id = setting.tracker_id
    where assessment.as_of = $as_of and reading.scored and assessment.fit is not null
)

select
    tracker_id,
    scenario_id,
    cast(count(*) as integer) as n_readings
from judged
where tail < least_tail and reliability >= least_reliability
group by tracker_id, scenario_id
