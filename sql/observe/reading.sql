-- Grain: one row per as-of date and indicator, with a reason where there is nothing that could be scored.
-- Reads: as_of_date, indicator_family, observation, reading_claim, claim, indicator, last_fetch, shown_claim,
-- list_search, list_completeness
-- Pooled values: mean weighted by share, intervals by their middle. Absence in our hands is not absence in the world:
-- not_due (the first period since t0 has not closed), before_the_clock (only figures from before t0), list_not_searched
-- (events are listed, nobody looked for all of them), none_seen (looked, nothing there), source_failed (could not be
-- read), never_asked (a publisher of it was never asked), not_in_ledger (nobody has recorded anything).
with pooled as (
    select
        tracker_id,
        as_of,
        indicator_id,
        case
            when count(distinct kind) = 1 then replace(any_value(kind), 'open_count', 'count')
            when bool_and(kind in ('count', 'open_count', 'none_seen')) and bool_or(kind <> 'none_seen') then 'count'
            when bool_or(kind = 'event') then 'event'
            else 'mixed'
        end as kind,
        case
            when bool_and(middle is not null) then sum(pool_weight * middle order by observation_id)
            else
                sum(pool_weight * middle order by observation_id)
                / sum(pool_weight order by observation_id) filter (where middle is not null)
        end as value,
        case when bool_and(lower_end is not null) then min(lower_end) end as value_low,
        case when bool_and(upper_end is not null) then max(upper_end) end as value_high,
        min_by(category, (-pool_weight, observation_id)) as category,
        max(reading_date) as reading_date,
        max(scored_at) as scored_at,
        max(log_sd) as log_sd,
        max(trials) as trials,
        min(exposure_start) as exposure_start,
        max(exposure_end) as exposure_end,
        bool_and(kind = 'count') filter (where kind in ('count', 'open_count')) as list_closed,
        bool_or(scored) as scored,
        cast(count(*) as integer) as n_reports,
        sum(pool_weight * reliability order by observation_id) as reliability
    from (
        select
            *,
            coalesce(value, (value_low + value_high) / 2) as middle,
            coalesce(value_low, value) as lower_end,
            coalesce(value_high, value) as upper_end
        from observation
    ) as bounded
    group by tracker_id, as_of, indicator_id
),

speaker as (
    select
        reading_claim.tracker_id,
        reading_claim.as_of,
        reading_claim.indicator_id,
        cast(count(distinct claim.speaker) as integer) as n_sources
    from reading_claim
    inner join claim
        on reading_claim.tracker_id = claim.tracker_id and reading_claim.claim_id = claim.claim_id
    group by reading_claim.tracker_id, reading_claim.as_of, reading_claim.indicator_id
),

feeding as (
    select
        tracker_id,
        indicator_id,
        unnest(string_split(replace(sources, ' ', ''), ',')) as source_id
    from indicator
),

asked as (
    select
        feeding.tracker_id,
        feeding.indicator_id,
        bool_or(feeding.source_id = 'ledger') as has_ledger,
        coalesce(bool_or(last_fetch.outcome in ('failure', 'miss')), false) as failed,
        bool_or(feeding.source_id <> 'ledger' and last_fetch.answered_at is null) as never_asked
    from feeding
    left join last_fetch on feeding.source_id = last_fetch.source_id
    group by feeding.tracker_id, feeding.indicator_id
),

completeness as (
    select
        tracker_id,
        as_of,
        indicator_id,
        sum(q * weight order by node) as completeness
    from list_completeness
    group by tracker_id, as_of, indicator_id
),

first_period as (
    select
        tracker_id,
        indicator_id,
        min(period_end) as period_end
    from (
        select
            tracker_id,
            indicator_id,
            t0,
            unnest(
                generate_series(
                    date_trunc('year', t0),
                    date_trunc('year', t0) + interval 1 month * greatest(12, usual_period_months),
                    interval 1 month * usual_period_months
                )
            ) - interval 1 day as period_end
        from indicator_family
        where family in ('value', 'category') and usual_period_months is not null
    ) as period
    where period_end >= t0
    group by tracker_id, indicator_id
)

select
    family.tracker_id,
    as_of_date.as_of,
    family.indicator_id,
    pooled.kind,
    case when pooled.kind <> 'category' then pooled.value end as value,
    pooled.value_low,
    pooled.value_high,
    pooled.category,
    pooled.reading_date,
    pooled.scored_at,
    pooled.log_sd,
    pooled.trials,
    pooled.exposure_start,
    pooled.exposure_end,
    case when pooled.list_closed then pooled.exposure_end else list_search.looked_until end as looked_until,
    completeness.completeness,
    pooled.list_closed,
    coalesce(pooled.scored, false) as scored,
    case
        when pooled.scored then null
        when not family.indicator_scored then family.indicator_why_not_scored
        when pooled.scored_at < family.t0 then 'the period ended before the clock started'
        when pooled.kind = 'count' and completeness.completeness is null
            then 'nobody has searched for all such events: the list is shown, not scored'
        when pooled.kind is not null then 'the reading is not later than the start of its predictions'
        when shown.only_plans then 'only plans are known, and plans are never scored'
        when shown.only_growth then 'only growth without a usable base, or of too few months, is known'
        when shown.indicator_id is not null then 'what is known is too old, too short or of another kind: shown only'
        else 'there is no reading'
    end as why_not_scored,
    coalesce(pooled.n_reports, 0) as n_reports,
    coalesce(speaker.n_sources, 0) as n_sources,
    pooled.reliability,
    case
        when pooled.scored then null
        when pooled.scored_at < family.t0 then 'before_the_clock'
        when pooled.kind = 'count' and completeness.completeness is null then 'list_not_searched'
        when pooled.kind is not null then null
        when as_of_date.as_of <= first_period.period_end then 'not_due'
        when shown.none_seen then 'none_seen'
        when shown.last_day < family.t0 then 'before_the_clock'
        when asked.failed then 'source_failed'
        when asked.never_asked then 'never_asked'
        when asked.has_ledger then 'not_in_ledger'
        else 'none_seen'
    end as missing_reason
from as_of_date
inner join indicator_family as family on as_of_date.tracker_id = family.tracker_id
left join pooled
    on
        as_of_date.tracker_id = pooled.tracker_id
        and as_of_date.as_of = pooled.as_of
        and family.indicator_id = pooled.indicator_id
left join speaker
    on
        as_of_date.tracker_id = speaker.tracker_id
        and as_of_date.as_of = speaker.as_of
        and family.indicator_id = speaker.indicator_id
left join shown_claim as shown
    on
        as_of_date.tracker_id = shown.tracker_id
        and as_of_date.as_of = shown.as_of
        and family.indicator_id = shown.indicator_id
left join asked
    on family.tracker_id = asked.tracker_id and family.indicator_id = asked.indicator_id
left join list_search
    on
        as_of_date.tracker_id = list_search.tracker_id
        and as_of_date.as_of = list_search.as_of
        and family.indicator_id = list_search.indicator_id
left join completeness
    on
        as_of_date.tracker_id = completeness.tracker_id
        and as_of_date.as_of = completeness.as_of
        and family.indicator_id = completeness.indicator_id
left join first_period
    on family.tracker_id = first_period.tracker_id and family.indicator_id = first_period.indicator_id
order by family.tracker_id, as_of_date.as_of, family.indicator_id
