-- Grain: one row per version that one batch of publishers' documents brings: a new, revised or withdrawn value.
-- Reads: candidate, standing_version
-- A difference within 1e-9 of the value is rounding noise and no version. What the same document no longer carries is
-- withdrawn. The identifier follows from what is said and when it was recorded, so that a rebuild gives the same.
with brought as (
    select
        candidate.tracker_id,
        candidate.indicator_id,
        candidate.kind,
        candidate.period_start,
        candidate.period_end,
        candidate.value,
        candidate.value_low,
        candidate.value_high,
        candidate.category,
        candidate.happened_from,
        candidate.happened_to,
        candidate.trials,
        candidate.searched_until,
        candidate.unit,
        candidate.source_id,
        candidate.source_name,
        candidate.speaker,
        candidate.source_url,
        candidate.reliability,
        candidate.credibility,
        candidate.reliability_value,
        candidate.status,
        candidate.published_on,
        candidate.published_on_inferred,
        candidate.recorded_at,
        standing.claim_id as corrects,
        candidate.sha256,
        candidate.row_number,
        candidate.scope,
        candidate.note,
        case
            when standing.value <> 0 then abs(candidate.value - standing.value) / abs(standing.value)
        end as revision_share
    from candidate
    left join standing_version as standing
        on
            candidate.tracker_id = standing.tracker_id
            and candidate.indicator_id = standing.indicator_id
            and candidate.kind = standing.kind
            and candidate.source_id = standing.source_id
            and candidate.scope = standing.scope
            and candidate.period_start is not distinct from standing.period_start
            and candidate.period_end is not distinct from standing.period_end
            and candidate.category is not distinct from standing.category
    where
        standing.claim_id is null
        or standing.status <> candidate.status
        or abs(coalesce(candidate.value, 0) - coalesce(standing.value, 0)) > 1e-9 * abs(coalesce(standing.value, 0))
        or abs(coalesce(candidate.value_low, 0) - coalesce(standing.value_low, 0))
        > 1e-9 * abs(coalesce(standing.value_low, 0))
        or abs(coalesce(candidate.value_high, 0) - coalesce(standing.value_high, 0))
        > 1e-9 * abs(coalesce(standing.value_high, 0))
        or candidate.trials is distinct from standing.trials
),

batch as (
    select
        source_id,
        scope,
        max(recorded_at) as recorded_at,
        max(sha256) as sha256
    from candidate
    group by source_id, scope
),

gone as (
    select
        standing.tracker_id,
        standing.indicator_id,
        standing.kind,
        standing.period_start,
        standing.period_end,
        standing.value,
        standing.value_low,
        standing.value_high,
        standing.category,
        standing.happened_from,
        standing.happened_to,
        standing.trials,
        standing.searched_until,
        standing.unit,
        standing.source_id,
        standing.source_name,
        standing.speaker,
        standing.source_url,
        standing.reliability,
        standing.credibility,
        standing.reliability_value,
        'withdrawn' as status,
        cast(batch.recorded_at as date) as published_on,
        true as published_on_inferred,
        batch.recorded_at,
        standing.claim_id as corrects,
        batch.sha256,
        cast(null as integer) as row_number,
        standing.scope,
        'no longer in the publisher''s document' as note,
        cast(null as double) as revision_share
    from standing_version as standing
    inner join batch on standing.source_id = batch.source_id and standing.scope = batch.scope
    left join candidate
        on
            standing.tracker_id = candidate.tracker_id
            and standing.indicator_id = candidate.indicator_id
            and standing.kind = candidate.kind
            and standing.source_id = candidate.source_id
            and standing.scope = candidate.scope
            and standing.period_start is not distinct from candidate.period_start
            and standing.period_end is not distinct from candidate.period_end
            and standing.category is not distinct from candidate.category
    where candidate.source_id is null and standing.status <> 'withdrawn'
),

versions as (
    select * from brought
    union all
    select * from gone
)

select
    versions.*,
    versions.source_id || '-' || left(
        md5(
            concat_ws(
                '|',
                versions.tracker_id,
                versions.indicator_id,
                versions.kind,
                versions.scope,
                coalesce(cast(versions.period_start as varchar), ''),
                coalesce(cast(versions.period_end as varchar), ''),
                coalesce(versions.category, ''),
                coalesce(cast(versions.value as varchar), ''),
                coalesce(cast(versions.value_low as varchar), ''),
                coalesce(cast(versions.value_high as varchar), ''),
                versions.status,
                cast(versions.recorded_at as varchar)
            )
        ),
        12
    ) as claim_id,
    cast(null as double) as base_value,
    cast(null as double) as base_part,
    cast(null as date) as base_published_on,
    cast(null as date) as planned_for,
    cast(null as varchar) as project_id,
    cast(null as varchar) as stage
from versions
