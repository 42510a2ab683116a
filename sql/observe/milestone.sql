-- Grain: one row per project, stage and claim that stands.
-- Reads: claim
-- Slip: days from the plan announced before it for the same stage of the same project to this plan.
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
from claim
where
    project_id is not null
    and superseded_by is null
    and not held
    and status <> 'withdrawn'
    and kind <> 'none_seen'
    and published_on <= $as_of
order by tracker_id, project_id, published_on, stage, claim_id
