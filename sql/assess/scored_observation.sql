-- Grain: one row per as-of date, indicator, link of its chain and report that is scored.
-- Reads: pooled_report, chain_observation
-- Position 1 is the reading itself; an older look is a link by itself.
select
    *,
    1 as position
from pooled_report
where scored
union all by name
select
    tracker_id,
    as_of,
    indicator_id,
    report_id,
    position,
    'none_seen' as kind,
    reading_date,
    0.0 as log_sd,
    reliability,
    1.0 as pool_weight,
    true as scored
from chain_observation
order by tracker_id, as_of, indicator_id, position, report_id
