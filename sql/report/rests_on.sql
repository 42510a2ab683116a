-- Grain: one row: indicators without which the probabilities would stand half a point elsewhere, cells too early to
-- tell, and the newest claim with an address in a scored reading.
-- Reads: influence, assessment, indicator, reading_claim, reading, claim
with distance as (
    select
        left_out,
        sum(abs(move)) / 2 as distance
    from influence
    where tracker_id = $tracker and left_out like 'indicator:%'
    group by left_out
),

carrying as (
    select count(*) as carrying
    from distance
    where distance.distance >= 0.005
),

cells as (
    select
        count(*) as cells,
        count(*) filter (where assessment.status = 'too early to tell') as too_early
    from assessment
    inner join indicator
        on assessment.tracker_id = indicator.tracker_id and assessment.indicator_id = indicator.indicator_id
    where assessment.tracker_id = $tracker and assessment.as_of = $as_of and indicator.scored
),

newest as (
    select max(claim.published_on) as newest_claim
    from reading_claim
    inner join claim
        on reading_claim.tracker_id = claim.tracker_id and reading_claim.claim_id = claim.claim_id
    inner join reading
        on
            reading_claim.tracker_id = reading.tracker_id
            and reading_claim.indicator_id = reading.indicator_id
            and reading_claim.as_of = reading.as_of
    where
        reading_claim.tracker_id = $tracker
        and reading_claim.as_of = $as_of
        and reading.scored
        and regexp_matches(claim.source_url, '^https?://.+')
)

select
    'rests_on' as what,
    carrying.carrying,
    cells.cells,
    cells.too_early,
    newest.newest_claim
from carrying
cross join cells
cross join newest
