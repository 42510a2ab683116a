-- Grain: one row per indicator: how far the odds as a whole would move without it, and where the leader would stand.
-- Reads: influence, scenario_probability
with leader as (
    select scenario_id
    from scenario_probability
    where tracker_id = $tracker and as_of = $as_of and variant = 'headline'
    order by posterior desc
    limit 1
)

select
    substr(influence.left_out, 11) as indicator_id,
    sum(abs(influence.move)) / 2 as distance,
    sum(influence.posterior) filter (where influence.scenario_id = leader.scenario_id) as leader_without
from influence
cross join leader
where influence.tracker_id = $tracker and influence.left_out like 'indicator:%'
group by influence.left_out
order by distance desc, indicator_id asc
