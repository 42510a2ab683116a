-- Grain: one row per version of a claim that the gate for magnitude holds, with the reason, accepted or not.
-- Reads: claim_version, held_version, indicator_setting, accepted
-- Values and intervals are held outside the bounds of their unit (a share lies between 0 and 1, nothing but a change is
-- negative) and outside what the indicator calls plausible; a publisher's revision also beyond its indicator's band. A
-- figure more than so many times above or below all that was said of its period before, or where nothing was, of the
-- readings nearest to it, is held too. What is held or taken back is no measure for others, nor is what a claim
-- corrects: the statement reads its own table and is run until that table stays as it is.
with let_through as (
    select distinct
        tracker_id,
        claim_id
    from accepted
),

measured as (
    select
        version.tracker_id,
        version.indicator_id,
        version.claim_id,
        version.first_claim_id,
        version.period_start,
        version.period_end,
        version.recorded_at,
        version.row_number,
        version.unit,
        coalesce(version.value, version.value_low) as least,
        coalesce(version.value, version.value_high) as most,
        coalesce(version.value, sqrt(greatest(version.value_low, 0) * greatest(version.value_high, 0))) as middle,
        setting.plausible_low,
        setting.plausible_high,
        setting.magnitude,
        setting.revision_band,
        case when version.claim_key is not null then version.revision_share end as revision_share,
        let_through.claim_id is not null as is_accepted
    from claim_version as version
    inner join indicator_setting as setting
        on version.tracker_id = setting.tracker_id and version.indicator_id = setting.indicator_id
    left join let_through
        on version.tracker_id = let_through.tracker_id and version.claim_id = let_through.claim_id
    where
        version.status <> 'withdrawn'
        and version.kind in ('value', 'interval')
        and version.trials is null
        and version.period_start is not null
        and version.period_end is not null
),

bounded as (
    select
        *,
        case
            when unit = 'share' and (least < 0 or most > 1) then 'a share lies between 0 and 1'
            when least < 0 and plausible_low is null and unit <> 'percent' then 'a quantity is not negative'
            when least < plausible_low or most > plausible_high
                then
                    'outside the plausible range ' || printf('%g', plausible_low) || ' to '
                    || printf('%g', plausible_high)
            when revision_share > revision_band
                then 'revised by ' || printf('%.0f', 100 * revision_share) || ' percent at once'
        end as fault
    from measured
),

reference as (
    select
        tracker_id,
        indicator_id,
        claim_id,
        first_claim_id,
        period_start,
        period_end,
        recorded_at,
        row_number,
        middle
    from bounded
    where
        middle > 0
        and (
            is_accepted
            or not exists (
                select 1
                from held_version as held
                where held.tracker_id = bounded.tracker_id and held.claim_id = bounded.claim_id
            )
        )
),

compared as (
    select
        own.tracker_id,
        own.claim_id,
        own.middle,
        own.magnitude,
        reference.middle as said,
        least(own.period_end, reference.period_end) - greatest(own.period_start, reference.period_start) + 1
        >= 0.5 * greatest(
            own.period_end - own.period_start + 1, reference.period_end - reference.period_start + 1
        ) as is_rival,
        row_number() over (
            partition by own.tracker_id, own.claim_id
            order by abs(own.period_end - reference.period_end), reference.recorded_at desc, reference.row_number desc
        ) as nearness
    from bounded as own
    inner join reference
        on
            own.tracker_id = reference.tracker_id
            and own.indicator_id = reference.indicator_id
            and own.first_claim_id <> reference.first_claim_id
            and (
                own.recorded_at > reference.recorded_at
                or (own.recorded_at = reference.recorded_at and own.row_number > reference.row_number)
            )
            and abs(own.period_end - reference.period_end) <= 1100
    where own.fault is null and own.middle > 0 and own.unit not in ('share', 'percent')
),

band as (
    select
        tracker_id,
        claim_id,
        any_value(middle) as middle,
        any_value(magnitude) as magnitude,
        bool_or(is_rival) as has_rival,
        min(said) filter (where is_rival) as rival_low,
        max(said) filter (where is_rival) as rival_high,
        min(said) filter (where nearness <= 3) as near_low,
        max(said) filter (where nearness <= 3) as near_high
    from compared
    group by tracker_id, claim_id
),

out_of_band as (
    select
        tracker_id,
        claim_id,
        printf('%g', middle) || ' against ' || printf('%g', case when has_rival then rival_high else near_high end)
        || case when has_rival then ' said of the same period' else ' in the periods next to it' end as fault
    from band
    where
        middle > magnitude * case when has_rival then rival_high else near_high end
        or middle * magnitude < case when has_rival then rival_low else near_low end
)

select
    bounded.tracker_id,
    bounded.claim_id,
    coalesce(bounded.fault, out_of_band.fault) as reason,
    bounded.is_accepted
from bounded
left join out_of_band
    on bounded.tracker_id = out_of_band.tracker_id and bounded.claim_id = out_of_band.claim_id
where bounded.fault is not null or out_of_band.fault is not null
order by bounded.tracker_id, bounded.claim_id
