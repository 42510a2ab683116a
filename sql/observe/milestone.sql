-- Grain: one row per project, stage and claim that stands.
-- Reads: claim
-- Slip: days from the plan announced before it for the same stage of the same project to this plan.
with known as (
    select *
    from claim
    where published_on <= $as_of and not held
    qualify row_number() over (partition by tracker_id, first_claim_id order by version desc) = 1
)

select
    tracker_id,
    project_id,
    stage,
    case when kind <> 'plan' then coalesce(happened_to, period_end, published_on) end as happened_on,
    planned_for,
    case
        when planned_for is not null
            then planned_for - lag(planned_for) over (
                partition by tracker_id, project_id, stage, planned_for is not null
                order by published_on, recorded_at, row_number, claim_id
            )
    end as slip_days,
    claim_id,
    published_on,
    coalesce(category, note) as detail
from known
where project_id is not null and status <> 'withdrawn' and kind <> 'none_seen'
order by tracker_id, project_id, published_on, stage, claim_id
