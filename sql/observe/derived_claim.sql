-- Grain: one row per version of a derived claim.
-- Reads: derived_state, derivation, derivation_anchor, claim, indicator
-- The formula over parts of one period, computed anew at every moment at which a part changed; what came out the same
-- is no version. Published when the last of its parts was; graded as the weakest of them, and as uncertain as the least
-- certain. A figure that lost a part is withdrawn. While a past value is not what its anchor says, nothing new is
-- derived. Growth: the known months against the same months of the year before, which is its base.
with asked as (
    select
        tracker_id,
        indicator_id,
        any_value(formula) as formula,
        count(*) filter (where side in ('of', 'to', 'base')) as parts
    from derivation
    group by tracker_id, indicator_id
),

signed as (
    select
        state.*,
        asked.formula,
        asked.parts,
        indicator.unit,
        claim.source_id,
        claim.speaker,
        claim.source_name,
        claim.source_url,
        claim.reliability,
        claim.credibility,
        claim.reliability_value,
        claim.status,
        claim.published_on,
        claim.published_on_inferred,
        state.side in ('of', 'month')
        and (state.kind = 'value' or state.part_end between state.period_start and state.period_end) as is_above,
        case when asked.formula = 'difference' and state.position > 1 then -1 else 1 end as sign
    from derived_state as state
    inner join asked on state.tracker_id = asked.tracker_id and state.indicator_id = asked.indicator_id
    inner join indicator on state.tracker_id = indicator.tracker_id and state.indicator_id = indicator.indicator_id
    inner join claim on state.tracker_id = claim.tracker_id and state.part_claim_id = claim.claim_id
),

added as (
    select
        tracker_id,
        indicator_id,
        known_at,
        kind,
        period_start,
        period_end,
        any_value(formula) as formula,
        any_value(unit) as unit,
        bool_and(status <> 'withdrawn')
        and not any_value(has_ended)
        and (kind = 'growth' or count(*) = any_value(parts)) as is_whole,
        sum(sign * value order by side, position, part_end) filter (where is_above) as above,
        sum(value order by side, position, part_end) filter (where side in ('to', 'base')) as below,
        sum(value order by position, part_end) filter (where side = 'month' and not is_above) as base,
        sum(value order by position, part_end) filter (
            where side = 'month' and not is_above and month(part_end) <= month(period_end)
        ) as base_part,
        max(published_on) filter (where side = 'month' and not is_above) as base_published_on,
        max(published_on) as published_on,
        bool_or(published_on_inferred) as published_on_inferred,
        min_by(source_id, (reliability_value, side, position, part_end)) as source_id,
        min_by(source_url, (reliability_value, side, position, part_end)) as source_url,
        min_by(reliability, (reliability_value, side, position, part_end)) as reliability,
        min_by(credibility, (reliability_value, side, position, part_end)) as credibility,
        min(reliability_value) as reliability_value,
        string_agg(distinct speaker, '; ' order by speaker) as speaker,
        min_by(
            status,
            list_position(
                ['withdrawn', 'unverified', 'disputed', 'estimated', 'preliminary', 'reported', 'final'], status
            )
        ) as least_status
    from signed
    group by tracker_id, indicator_id, known_at, kind, period_start, period_end
),

computed as (
    select
        *,
        case
            when not is_whole or coalesce(below, 1) <= 0 then null
            when kind = 'growth' then round(100 * (above / base_part - 1), 6)
            else above / coalesce(below, 1)
        end as value
    from added
    where kind = 'value' or base_part > 0
),

anchored as (
    select
        computed.tracker_id,
        computed.indicator_id,
        computed.known_at
    from computed
    left join derivation_anchor as anchor
        on computed.tracker_id = anchor.tracker_id and computed.indicator_id = anchor.indicator_id
    group by computed.tracker_id, computed.indicator_id, computed.known_at
    having
        count(distinct anchor.year) = count(distinct anchor.year) filter (
            where
            computed.kind = 'value'
            and year(computed.period_end) = anchor.year
            and abs(computed.value / anchor.value - 1) <= anchor.within
        )
),

changed as (
    select
        computed.*,
        case when computed.value is null then 'withdrawn' else computed.least_status end as status,
        lag(computed.value) over (
            partition by
                computed.tracker_id,
                computed.indicator_id,
                computed.kind,
                computed.period_start,
                year(computed.period_end)
            order by computed.known_at
        ) as value_before,
        lag(computed.period_end) over (
            partition by
                computed.tracker_id,
                computed.indicator_id,
                computed.kind,
                computed.period_start,
                year(computed.period_end)
            order by computed.known_at
        ) as end_before,
        lag(concat_ws('|', computed.least_status, computed.reliability, computed.credibility, computed.speaker)) over (
            partition by
                computed.tracker_id,
                computed.indicator_id,
                computed.kind,
                computed.period_start,
                year(computed.period_end)
            order by computed.known_at
        ) as grade_before,
        concat_ws('|', computed.least_status, computed.reliability, computed.credibility, computed.speaker) as grade
    from computed
    inner join anchored
        on
            computed.tracker_id = anchored.tracker_id
            and computed.indicator_id = anchored.indicator_id
            and computed.known_at = anchored.known_at
),

versioned as (
    select
        *,
        'derived-' || left(
            md5(
                concat_ws(
                    '|',
                    tracker_id,
                    indicator_id,
                    kind,
                    cast(period_start as varchar),
                    cast(period_end as varchar),
                    coalesce(cast(value as varchar), ''),
                    grade,
                    cast(known_at as varchar)
                )
            ),
            16
        ) as claim_id
    from changed
    where
        case
            when value is null then value_before is not null
            else
                value_before is null
                or abs(value - value_before) > 1e-9 * abs(value_before)
                or end_before <> period_end
                or grade_before <> grade
        end
)

select
    tracker_id,
    claim_id,
    indicator_id,
    kind,
    period_start,
    period_end,
    coalesce(value, value_before) as value,
    case when kind = 'growth' then base / coalesce(below, 1) end as base_value,
    case when kind = 'growth' then base_part / coalesce(below, 1) end as base_part,
    base_published_on,
    case when kind = 'growth' then 'percent' else unit end as unit,
    source_id,
    speaker as source_name,
    speaker,
    source_url,
    reliability,
    credibility,
    reliability_value,
    status,
    case when value is null then cast(known_at as date) else published_on end as published_on,
    published_on_inferred,
    known_at as recorded_at,
    false as held,
    'derived/' || formula as scope,
    case when value is null then 'no longer derived: a part is gone, or the year''s own figure has come' end
        as correction_reason,
    lag(claim_id) over claim_line as corrects,
    first_value(claim_id) over claim_line as first_claim_id,
    cast(row_number() over claim_line as integer) as version,
    lead(claim_id) over claim_line as superseded_by,
    lead(known_at) over claim_line as superseded_at,
    case when value_before <> 0 then abs(value - value_before) / abs(value_before) end as revision_share
from versioned
window
    claim_line as (
        partition by tracker_id, indicator_id, kind, period_start, year(period_end)
        order by known_at
        rows between unbounded preceding and unbounded following
    )
order by tracker_id, indicator_id, period_start, known_at
