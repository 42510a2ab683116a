-- Grain: one row per scenario whose odds moved over the last two releases: what moved it most.
-- Reads: change, earlier_change, indicator
with part as (
    select
        tracker_id,
        scenario_id,
        indicator_id,
        cause,
        move
    from change
    union all by name
    select
        tracker_id,
        scenario_id,
        indicator_id,
        cause,
        move
    from earlier_change
),

summed as (
    select
        part.tracker_id,
        part.scenario_id,
        part.cause,
        coalesce(indicator.title, '') as title,
        sum(part.move) as move
    from part
    left join indicator
        on part.tracker_id = indicator.tracker_id and part.indicator_id = indicator.indicator_id
    group by all
)

select
    tracker_id,
    scenario_id,
    'most of it from ' || replace(cause, '_', ' ')
    || case when title = '' then '' else ' of ' || title end
    || ' (' || printf('%+.1f', 100 * move) || ' points)' as why
from summed
qualify row_number() over (partition by tracker_id, scenario_id order by abs(move) desc, cause asc, title asc) = 1
