-- Grain: one row per as-of date, event of which nothing was seen, and look at it.
-- Reads: pooled_report, indicator_family, chain_observation
select
    pooled_report.tracker_id,
    pooled_report.as_of,
    pooled_report.indicator_id,
    1 as position,
    pooled_report.report_id as claim_id,
    pooled_report.reading_date as date,
    pooled_report.reliability
from pooled_report
inner join indicator_family as family
    on pooled_report.tracker_id = family.tracker_id and pooled_report.indicator_id = family.indicator_id
where family.family = 'event' and pooled_report.kind = 'none_seen' and pooled_report.scored
union all by name
select
    tracker_id,
    as_of,
    indicator_id,
    position,
    report_id as claim_id,
    reading_date as date,
    reliability
from chain_observation
order by all
