-- Grain: one row per as-of date and claim that is counted: a dated event within its list's exposure, a vote since t0.
-- Reads: known_claim, list_search
-- A list speaks up to the day to which its publisher closed it, else to the last day that a search covers; an event
-- after that day is shown and not counted. Nobody having searched, all events are counted and the list is only shown.
-- Claims that share an event key are sources of one event: each counts for its share of it, and the event is as
-- reliable as the best of them. An event that no source makes better than doubtful (4) is not settled: shown, not
-- counted.
-- Of a publisher's register and the events that people recorded, the one that was looked through further speaks alone:
-- put together, one event would be two. A register of estimates gives way to recorded events.
with register as (
    select
        known.tracker_id,
        known.as_of,
        known.indicator_id,
        max(known.searched_until) filter (where known.source_id <> 'ledger')
        >= coalesce(max(list_search.looked_until), date '0001-01-01')
        and (
            bool_and(known.status <> 'estimated') filter (where known.source_id <> 'ledger')
            or count(*) filter (
                where
                known.source_id = 'ledger'
                and coalesce(known.happened_from, known.period_start, known.period_end) >= known.exposure_start
            )
            = 0
        ) as speaks
    from known_claim as known
    left join list_search
        on
            known.tracker_id = list_search.tracker_id
            and known.as_of = list_search.as_of
            and known.indicator_id = list_search.indicator_id
    where
        known.kind = 'count'
        and known.family = 'count'
        and coalesce(known.happened_to, known.period_end) <= known.as_of
    group by known.tracker_id, known.as_of, known.indicator_id
    having count(*) filter (where known.source_id <> 'ledger' and known.searched_until <= known.as_of) > 0
),

settled as (
    select *
    from known_claim
    where kind = 'count'
    qualify
        bool_or(credibility not in ('4', '5')) over (partition by tracker_id, as_of, indicator_id, event_key)
),

dated as (
    select
        known.*,
        'list' as observation_id,
        coalesce(known.happened_to, known.period_end) as counted_on
    from settled as known
    left join register
        on
            known.tracker_id = register.tracker_id
            and known.as_of = register.as_of
            and known.indicator_id = register.indicator_id
    where
        (register.speaks is null or register.speaks = (known.source_id <> 'ledger'))
        and coalesce(known.happened_to, known.period_end) <= known.as_of
        and (
            (
                known.family = 'count'
                and known.trials is null
                and coalesce(known.happened_from, known.period_start, known.period_end) >= known.exposure_start
            )
            or (
                known.family = 'value'
                and known.trials is not null
                and coalesce(known.happened_from, known.period_start, known.period_end) >= known.t0
            )
        )
),

closing as (
    select
        *,
        max(counted_on) over (partition by tracker_id, as_of, indicator_id) as last_event,
        max(case when searched_until <= as_of then searched_until end) over (
            partition by tracker_id, as_of, indicator_id
        ) as closed_until
    from dated
),

bounded as (
    select
        closing.*,
        coalesce(closing.closed_until >= closing.last_event, false) as list_closed,
        case
            when closing.closed_until >= closing.last_event then closing.closed_until
            else list_search.looked_until
        end as looked_until
    from closing
    left join list_search
        on
            closing.tracker_id = list_search.tracker_id
            and closing.as_of = list_search.as_of
            and closing.indicator_id = list_search.indicator_id
)

select
    * exclude (last_event, closed_until),
    1 / count(*) over (partition by tracker_id, as_of, indicator_id, event_key) as event_share,
    max(reliability_value) over (partition by tracker_id, as_of, indicator_id, event_key) as event_reliability
from bounded
where family = 'value' or looked_until is null or counted_on <= looked_until
