-- Grain: one row per tracker and indicator: the three whose net move of a probability since the release before is
-- largest, or, in a tracker where nothing moved, the three whose absence would move it most.
-- Reads: change, influence, indicator
-- An indicator's parts (a new reading, a revised one) are added up first, so that two halves that cancel are no move.
with net as (
    select
        tracker_id,
        indicator_id,
        scenario_id,
        sum(move) as move
    from change
    where indicator_id is not null
    group by tracker_id, indicator_id, scenario_id
),

since as (
    select
        tracker_id,
        indicator_id,
        arg_max(scenario_id, abs(move)) as scenario_id,
        arg_max(move, abs(move)) as move,
        'moved' as how
    from net
    group by tracker_id, indicator_id
    having max(abs(move)) >= 0.0005
),

carrying as (
    select
        tracker_id,
        replace(left_out, 'indicator:', '') as indicator_id,
        arg_max(scenario_id, abs(move)) as scenario_id,
        -arg_max(move, abs(move)) as move,
        'carries' as how
    from influence
    where starts_with(left_out, 'indicator:')
    group by tracker_id, left_out
),

chosen as (
    select * from since
    union all
    select carrying.*
    from carrying
    where carrying.tracker_id not in (select since.tracker_id from since)
)

select
    chosen.tracker_id,
    chosen.indicator_id,
    indicator.title,
    chosen.scenario_id,
    chosen.move,
    chosen.how
from chosen
inner join indicator
    on chosen.tracker_id = indicator.tracker_id and chosen.indicator_id = indicator.indicator_id
qualify row_number() over (partition by chosen.tracker_id order by abs(chosen.move) desc, chosen.indicator_id) <= 3
order by chosen.tracker_id asc, abs(chosen.move) desc, chosen.indicator_id asc
