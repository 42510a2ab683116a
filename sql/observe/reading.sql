-- Grain: one row per as-of date and indicator, with a reason where there is nothing.
-- Reads: as_of_date, indicator_family, pooled_report, reading_claim, claim, indicator, last_fetch
-- Pooled values: mean weighted by share, intervals by their middle. Nothing is told apart four ways: the first period
-- has not closed, somebody looked and saw none, the source could not be fetched, nobody published.
with pooled as (
    select
        tracker_id,
        as_of,
        indicator_id,
        if(count(distinct kind) = 1, any_value(kind), 'mixed') as kind,
        sum(pool_weight * coalesce(value, (value_low + value_high) / 2)) filter (where kind <> 'category') as value,
        min(coalesce(value_low, value)) as value_low,
        max(coalesce(value_high, value)) as value_high,
        arg_max(category, pool_weight) as category,
        max(reading_date) as reading_date,
        max(log_sd) as log_sd,
        max(trials) as trials,
        min(exposure_start) as exposure_start,
        max(exposure_end) as exposure_end,
        bool_and(kind <> 'open_count') filter (where kind in ('count', 'open_count')) as list_closed,
        bool_or(scored) as scored,
        cast(count(*) as integer) as n_reports,
        sum(pool_weight * reliability) as reliability,
        bool_or(kind = 'event') as happened,
        bool_and(kind = 'none_seen') as only_none_seen
    from pooled_report
    group by tracker_id, as_of, indicator_id
),

speakers as (
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

source_failed as (
    select
        indicator.tracker_id,
        indicator.indicator_id,
        bool_or(last_fetch.outcome in ('failure', 'miss')) as failed
    from indicator
    inner join last_fetch
        on list_contains(string_split(replace(indicator.sources, ' ', ''), ','), last_fetch.source_id)
    group by indicator.tracker_id, indicator.indicator_id
)

select
    family.tracker_id,
    as_of_date.as_of,
    family.indicator_id,
    case
        when pooled.kind = 'open_count' then 'count'
        when pooled.happened and pooled.kind = 'mixed' then 'event'
        else pooled.kind
    end as kind,
    case when not pooled.only_none_seen then pooled.value end as value,
    pooled.value_low,
    pooled.value_high,
    pooled.category,
    pooled.reading_date,
    pooled.log_sd,
    pooled.trials,
    pooled.exposure_start,
    pooled.exposure_end,
    pooled.list_closed,
    coalesce(pooled.scored, false) as scored,
    case
        when pooled.scored then null
        when not family.indicator_scored then family.indicator_why_not_scored
        when pooled.kind is null then 'there is no reading'
        else 'the reading is on or before the start of the predictions'
    end as why_not_scored,
    coalesce(pooled.n_reports, 0) as n_reports,
    coalesce(speakers.n_sources, 0) as n_sources,
    pooled.reliability,
    case
        when pooled.only_none_seen then 'none_seen'
        when pooled.kind is not null then null
        when source_failed.failed then 'source_failed'
        when
            family.family in ('value', 'category')
            and as_of_date.as_of < family.t0 + to_months(coalesce(family.usual_period_months, 0))
            then 'not_due'
        else 'unreported'
    end as missing_reason
from as_of_date
inner join indicator_family as family on as_of_date.tracker_id = family.tracker_id
left join pooled
    on
        as_of_date.tracker_id = pooled.tracker_id
        and as_of_date.as_of = pooled.as_of
        and family.indicator_id = pooled.indicator_id
left join speakers
    on
        as_of_date.tracker_id = speakers.tracker_id
        and as_of_date.as_of = speakers.as_of
        and family.indicator_id = speakers.indicator_id
left join source_failed
    on family.tracker_id = source_failed.tracker_id and family.indicator_id = source_failed.indicator_id
order by family.tracker_id, as_of_date.as_of, family.indicator_id
