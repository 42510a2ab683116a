-- Grain: one row per project, stage and claim that stands.
-- Reads: claim
-- Slip: days from the plan announced before it for the same stage of the same project to this plan.
-- Overdue: days from a promised date to the as-of date, while neither the stage nor a later one has been reached.
with known as (
    select *
    from claim
    where published_on <= $as_of and not held
    qualify row_number() over (partition by tracker_id, first_claim_id order by version desc) = 1
),

step as (
    select
        *,
        list_position(['announced', 'signed', 'financed', 'started', 'delivered', 'operating'], stage) as rung
    from known
    where project_id is not null and status <> 'withdrawn' and kind <> 'none_seen'
),

reached as (
    select
        tracker_id,
        project_id,
        max(rung) as rung
    from step
    where kind <> 'plan'
    group by tracker_id, project_id
)

select
    step.tracker_id,
    step.project_id,
    step.stage,
    case
        when step.kind <> 'plan' then coalesce(step.happened_to, step.period_end, step.published_on)
    end as happened_on,
    step.planned_for,
    case
        when step.planned_for is not null
            then step.planned_for - lag(step.planned_for) over (
                partition by step.tracker_id, step.project_id, step.stage, step.planned_for is not null
                order by step.published_on, step.recorded_at, step.row_number, step.claim_id
            )
    end as slip_days,
    case
        when step.kind = 'plan' and step.planned_for < $as_of and step.rung > coalesce(reached.rung, 0)
            then cast($as_of as date) - step.planned_for
    end as days_overdue,
    step.claim_id,
    step.published_on,
    coalesce(step.category, step.note) as detail
from step
left join reached on step.tracker_id = reached.tracker_id and step.project_id = reached.project_id
order by step.tracker_id, step.project_id, step.published_on, step.stage, step.claim_id
