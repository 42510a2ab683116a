-- Grain: one row per derived figure, moment at which one of its parts was recorded, and part known at that moment.
-- Reads: derivation, claim
-- A figure is a period's value, or the growth of the first months of a year (side month). Of each part the newest
-- version in use counts; one that was withdrawn stays as a row, so that what rests on it is withdrawn too. The base of
-- a ratio to a base year enters every period. Months enter a year only while its own figure is not there: the whole
-- months from January on that every part has, and the twelve of the year before.
with part as (
    select
        derivation.tracker_id,
        derivation.indicator_id,
        derivation.side,
        derivation.position,
        derivation.base_year,
        claim.indicator_id as part_indicator_id,
        claim.claim_id as part_claim_id,
        claim.period_start,
        claim.period_end,
        claim.value,
        claim.status,
        claim.recorded_at,
        claim.version
    from derivation
    inner join claim
        on derivation.tracker_id = claim.tracker_id and derivation.part_indicator_id = claim.indicator_id
    where claim.kind = 'value' and not claim.held
),

moment as (
    select distinct
        tracker_id,
        indicator_id,
        recorded_at as known_at
    from part
),

state as (
    select
        moment.known_at,
        part.*
    from moment
    inner join part
        on
            moment.tracker_id = part.tracker_id
            and moment.indicator_id = part.indicator_id
            and moment.known_at >= part.recorded_at
    qualify
        row_number() over (
            partition by
                moment.tracker_id,
                moment.indicator_id,
                moment.known_at,
                part.side,
                part.position,
                part.period_start,
                part.period_end
            order by part.recorded_at desc, part.version desc, part.part_claim_id desc
        ) = 1
),

asked as (
    select
        tracker_id,
        indicator_id,
        count(*) filter (where side = 'of') as parts,
        count(*) filter (where side = 'month') as monthly_parts
    from derivation
    group by tracker_id, indicator_id
),

whole_year as (
    select
        state.tracker_id,
        state.indicator_id,
        state.known_at,
        year(state.period_end) as year
    from state
    inner join asked on state.tracker_id = asked.tracker_id and state.indicator_id = asked.indicator_id
    where state.side = 'of' and state.status <> 'withdrawn'
    group by state.tracker_id, state.indicator_id, state.known_at, year(state.period_end), asked.parts
    having count(*) = asked.parts
),

whole_month as (
    select
        state.tracker_id,
        state.indicator_id,
        state.known_at,
        year(state.period_end) as year,
        month(state.period_end) as month,
        row_number() over (
            partition by state.tracker_id, state.indicator_id, state.known_at, year(state.period_end)
            order by month(state.period_end)
        ) as place
    from state
    inner join asked on state.tracker_id = asked.tracker_id and state.indicator_id = asked.indicator_id
    where state.side = 'month' and state.status <> 'withdrawn'
    group by
        state.tracker_id,
        state.indicator_id,
        state.known_at,
        year(state.period_end),
        month(state.period_end),
        asked.monthly_parts
    having count(*) = asked.monthly_parts
),

months_known as (
    select
        tracker_id,
        indicator_id,
        known_at,
        year,
        max(month) filter (where month = place) as months
    from whole_month
    group by tracker_id, indicator_id, known_at, year
),

nowcast_year as (
    select
        months_known.tracker_id,
        months_known.indicator_id,
        months_known.known_at,
        months_known.year,
        months_known.months,
        whole_year.year is not null as has_ended
    from months_known
    inner join months_known as before
        on
            months_known.tracker_id = before.tracker_id
            and months_known.indicator_id = before.indicator_id
            and months_known.known_at = before.known_at
            and months_known.year = before.year + 1
    left join whole_year
        on
            months_known.tracker_id = whole_year.tracker_id
            and months_known.indicator_id = whole_year.indicator_id
            and months_known.known_at = whole_year.known_at
            and months_known.year = whole_year.year
    where before.months = 12 and months_known.months between 1 and 11
),

figure as (
    select distinct
        tracker_id,
        indicator_id,
        known_at,
        'value' as kind,
        period_start,
        period_end,
        false as has_ended
    from state
    where side = 'of'
    union all
    select
        tracker_id,
        indicator_id,
        known_at,
        'growth' as kind,
        make_date(year, 1, 1) as period_start,
        last_day(make_date(year, cast(months as bigint), 1)) as period_end,
        has_ended
    from nowcast_year
)

select
    figure.tracker_id,
    figure.indicator_id,
    figure.known_at,
    figure.kind,
    figure.period_start,
    figure.period_end,
    figure.has_ended,
    state.side,
    state.position,
    state.part_indicator_id,
    state.part_claim_id,
    state.period_start as part_start,
    state.period_end as part_end,
    state.value
from figure
inner join state
    on
        figure.tracker_id = state.tracker_id
        and figure.indicator_id = state.indicator_id
        and figure.known_at = state.known_at
where
    (
        figure.kind = 'value'
        and state.side in ('of', 'to')
        and state.period_start = figure.period_start
        and state.period_end = figure.period_end
    )
    or (state.side = 'base' and year(state.period_end) = state.base_year)
    or (
        figure.kind = 'growth'
        and state.side = 'month'
        and (
            state.period_end between figure.period_start and figure.period_end
            or year(state.period_end) = year(figure.period_end) - 1
        )
    )
