-- Question: Which indicators have changed what they say for or against each scenario since a day?
-- Columns: tracker_id, indicator_id, scenario_id, contribution_then, contribution_now, move
-- Parameters: day = 2026-03-01
with day_chosen as (
    select
        tracker_id,
        max(as_of) as as_of
    from as_of_date
    where as_of <= $day
    group by tracker_id
),

earlier as (
    select assessment.*
    from assessment
    inner join day_chosen
        on assessment.tracker_id = day_chosen.tracker_id and assessment.as_of = day_chosen.as_of
)

select
    later.tracker_id,
    later.indicator_id,
    later.scenario_id,
    earlier.contribution as contribution_then,
    later.contribution as contribution_now,
    coalesce(later.contribution, 0) - coalesce(earlier.contribution, 0) as move
from latest_assessment as later
inner join earlier
    on
        later.tracker_id = earlier.tracker_id
        and later.indicator_id = earlier.indicator_id
        and later.scenario_id = earlier.scenario_id
where abs(coalesce(later.contribution, 0) - coalesce(earlier.contribution, 0)) > 1e-9
order by later.tracker_id asc, abs(move) desc, later.indicator_id asc, later.scenario_id asc
