-- Grain: one row per as-of date and indicator of which something is known: whether anything but plans is.
-- Reads: as_of_date, claim
select
    as_of_date.tracker_id,
    as_of_date.as_of,
    claim.indicator_id,
    bool_and(claim.kind = 'plan') as only_plans,
    bool_and(claim.kind in ('plan', 'growth')) as only_growth,
    bool_or(claim.kind = 'none_seen') as none_seen,
    max(coalesce(claim.happened_to, claim.period_end, claim.searched_until)) filter (where claim.kind <> 'plan')
        as last_day
from as_of_date
inner join claim
    on
        as_of_date.tracker_id = claim.tracker_id
        and as_of_date.as_of >= claim.published_on
        and claim.recorded_at <= $now
where not claim.held and claim.status <> 'withdrawn'
group by as_of_date.tracker_id, as_of_date.as_of, claim.indicator_id
