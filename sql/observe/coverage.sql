-- Grain: one row per indicator: what feeds it, how often, and what came of it so far.
-- Reads: feeding, claim, last_fetch
-- publisher_state speaks of all publishers that feed the indicator: failed if one did at its last attempt, never_asked
-- if one has never answered, else answered; null where people feed it.
with publisher as (
    select
        tracker_id,
        indicator_id,
        unnest(string_split(source_ids, ', ')) as source_id
    from feeding
),

state as (
    select
        publisher.tracker_id,
        publisher.indicator_id,
        case
            when bool_or(coalesce(last_fetch.outcome in ('failure', 'miss'), false)) then 'failed'
            when bool_or(last_fetch.answered_at is null) then 'never_asked'
            else 'answered'
        end as publisher_state
    from publisher
    left join last_fetch on publisher.source_id = last_fetch.source_id
    where publisher.source_id not in ('ledger', '')
    group by publisher.tracker_id, publisher.indicator_id
),

said as (
    select
        tracker_id,
        indicator_id,
        max(published_on) filter (where source_url is not null) as newest_claim,
        max(published_on) filter (where source_id <> 'ledger') as newest_publisher_claim
    from claim
    where not held and status <> 'withdrawn' and superseded_by is null
    group by tracker_id, indicator_id
)

select
    feeding.tracker_id,
    feeding.indicator_id,
    feeding.scored,
    feeding.fed_by,
    feeding.source_ids,
    feeding.cadence,
    said.newest_claim,
    said.newest_publisher_claim,
    state.publisher_state
from feeding
left join said on feeding.tracker_id = said.tracker_id and feeding.indicator_id = said.indicator_id
left join state on feeding.tracker_id = state.tracker_id and feeding.indicator_id = state.indicator_id
order by feeding.tracker_id, feeding.indicator_id
