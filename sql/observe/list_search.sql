-- Grain: one row per as-of date and indicator that counts events, if somebody had searched it by then.
-- Reads: as_of_date, search, indicator_family, indicator_setting, known_claim
-- A search is known from its day on. One that a later and wider search repeats gives way to it; windows that follow on
-- one another without a gap are one, and their recaptures add up; what lies behind a gap does not extend it. A graded
-- `none seen` that covers the exposure from its start is a search that found nothing.
with searched as (
    select
        as_of_date.tracker_id,
        as_of_date.as_of,
        search.indicator_id,
        search.searched_on,
        search.row_number as line,
        search.window_from,
        search.looked_until,
        coalesce(search.n_known, 0) as n_known,
        coalesce(search.n_found, 0) as n_found,
        coalesce(search.n_both, 0) as n_both,
        search.reach_low,
        search.reach_high
    from as_of_date
    inner join search
        on
            as_of_date.tracker_id = search.tracker_id
            and as_of_date.as_of >= search.searched_on
            and as_of_date.as_of >= search.looked_until
    union all
    select
        known.tracker_id,
        known.as_of,
        known.indicator_id,
        known.published_on as searched_on,
        known.row_number as line,
        known.exposure_start as window_from,
        known.searched_until as looked_until,
        0 as n_known,
        0 as n_found,
        0 as n_both,
        setting.reach_low,
        setting.reach_high
    from known_claim as known
    inner join indicator_setting as setting
        on known.tracker_id = setting.tracker_id and known.indicator_id = setting.indicator_id
    where
        known.kind = 'none_seen'
        and known.status <> 'unverified'
        and known.searched_until <= known.as_of
        and coalesce(known.period_start, known.exposure_start) <= known.exposure_start
),

of_list as (
    select
        searched.*,
        family.exposure_start,
        family.t0
    from searched
    inner join indicator_family as family
        on searched.tracker_id = family.tracker_id and searched.indicator_id = family.indicator_id
    where family.family = 'count' and searched.looked_until > family.exposure_start
),

standing as (
    select own.*
    from of_list as own
    where
        not exists (
            select 1
            from of_list as wider
            where
                wider.tracker_id = own.tracker_id
                and wider.as_of = own.as_of
                and wider.indicator_id = own.indicator_id
                and wider.window_from <= own.window_from
                and wider.looked_until >= own.looked_until
                and wider.searched_on >= own.searched_on
                and (wider.searched_on > own.searched_on or wider.line > own.line)
        )
),

reached as (
    select
        *,
        max(looked_until) over (
            partition by tracker_id, as_of, indicator_id
            order by window_from, looked_until, line
            rows between unbounded preceding and 1 preceding
        ) as reached_before
    from standing
),

chained as (
    select
        *,
        sum(case when window_from > reached_before + 1 then 1 else 0 end) over (
            partition by tracker_id, as_of, indicator_id
            order by window_from, looked_until, line
        ) as gaps
    from reached
)

select
    tracker_id,
    as_of,
    indicator_id,
    any_value(exposure_start) as exposure_start,
    any_value(t0) as t0,
    max(looked_until) as looked_until,
    cast(sum(n_known) as integer) as n_known,
    cast(sum(n_found) as integer) as n_found,
    cast(sum(n_both) as integer) as n_both,
    max_by(reach_low, looked_until) as reach_low,
    max_by(reach_high, looked_until) as reach_high
from chained
where gaps = 0
group by tracker_id, as_of, indicator_id
order by tracker_id, as_of, indicator_id
