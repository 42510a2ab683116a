-- Grain: one row per as-of date and claim that was known and stood at that date.
-- Reads: as_of_date, claim, indicator_family
-- Known: published by the date and recorded by the run's start. A version published later does not undo an older one at
-- an earlier date; a held claim and a plan are never used.
select
    as_of_date.as_of,
    family.family,
    family.frequency,
    family.usual_period_months,
    family.t0,
    family.latest_start,
    family.exposure_start,
    family.trailing_months,
    family.least_months,
    claim.*
from as_of_date
inner join claim
    on
        as_of_date.tracker_id = claim.tracker_id
        and claim.published_on <= as_of_date.as_of
        and claim.recorded_at <= $now
inner join indicator_family as family
    on claim.tracker_id = family.tracker_id and claim.indicator_id = family.indicator_id
left join claim as newer
    on
        claim.tracker_id = newer.tracker_id
        and claim.superseded_by = newer.claim_id
        and as_of_date.as_of >= newer.published_on
        and newer.recorded_at <= $now
where
    newer.claim_id is null
    and not claim.held
    and claim.status <> 'withdrawn'
    and claim.kind <> 'plan'
