-- Grain: one row per as-of date and claim that was known and stood at that date.
-- Reads: as_of_date, claim, indicator_family
-- Known: published by the date and recorded by the run's start. Of the versions known at a date the newest counts, so
-- that a correction published later does not undo the older claim at an earlier date; what the newest withdraws is
-- gone. A held claim and a plan are never used. Speakers differ only if more than case and blanks differ.
with known as (
    select
        as_of_date.as_of,
        claim.tracker_id,
        claim.indicator_id,
        claim.claim_id,
        claim.kind,
        claim.period_start,
        claim.period_end,
        claim.value,
        claim.value_low,
        claim.value_high,
        claim.category,
        claim.happened_from,
        claim.happened_to,
        claim.trials,
        claim.searched_until,
        claim.base_published_on,
        coalesce(claim.event_key, claim.first_claim_id) as event_key,
        regexp_replace(lower(trim(claim.speaker)), '\s+', ' ', 'g') as speaker,
        claim.source_id,
        claim.reliability_value,
        claim.credibility,
        claim.status,
        claim.published_on,
        claim.recorded_at,
        claim.row_number
    from as_of_date
    inner join claim
        on
            as_of_date.tracker_id = claim.tracker_id
            and as_of_date.as_of >= claim.published_on
            and claim.recorded_at <= $now
    where not claim.held
    qualify
        row_number() over (
            partition by claim.tracker_id, as_of_date.as_of, claim.first_claim_id order by claim.version desc
        ) = 1
)

select
    known.*,
    family.family,
    family.takes_growth,
    family.frequency,
    family.usual_period_months,
    family.t0,
    family.latest_start,
    family.exposure_start,
    family.trailing_months,
    family.least_months,
    family.quantity,
    family.rest_sd
from known
inner join indicator_family as family
    on known.tracker_id = family.tracker_id and known.indicator_id = family.indicator_id
where known.status <> 'withdrawn' and known.kind <> 'plan'
