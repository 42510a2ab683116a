-- Grain: one row per as-of date, indicator, link of its chain and report that is scored.
-- Reads: pooled_report, earlier_report
-- Position 1 is the reading itself; the links behind it are scored with it.
with scored as (
    select *
    from pooled_report
    where scored
)

select
    *,
    1 as position
from scored
union all by name
select
    *,
    true as scored
from earlier_report
where
    (earlier_report.tracker_id, earlier_report.as_of, earlier_report.indicator_id) in (
        select
            scored.tracker_id,
            scored.as_of,
            scored.indicator_id
        from scored
    )
order by tracker_id, as_of, indicator_id, position, report_id
