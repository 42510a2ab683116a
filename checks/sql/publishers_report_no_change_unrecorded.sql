-- Severity: warning
-- Target: claim
-- Rule: a publisher that says a watched state has changed is answered by a recorded event.
-- Grain: one row per indicator whose publisher says so while no event is recorded.
-- Reads: raw_wikidata, raw_iaea_pris, raw_fatf, raw_sipri_arms, feed, claim
with said as (
    select
        'wikidata' as source_id,
        split_part(document, '/', 1) as document,
        series,
        detail
    from raw_wikidata
    where not holds
    union all
    select
        'iaea_pris' as source_id,
        split_part(document, '/', 1) as document,
        series,
        detail
    from raw_iaea_pris
    where not holds
    union all
    select
        'fatf' as source_id,
        split_part(document, '/', 1) as document,
        series,
        detail
    from raw_fatf
    where not holds
    union all
    select
        'sipri_arms' as source_id,
        deal.document,
        feed.series,
        deal.designation || ': ' || cast(deal.number_delivered as varchar) || ' delivered' as detail
    from raw_sipri_arms as deal
    inner join feed
        on
            feed.source_id = 'sipri_arms'
            and feed.series like 'undelivered:%'
            and deal.document = feed.document
            and regexp_matches(deal.designation, '^(' || split_part(feed.series, ':', 2) || ')')
    where deal.number_delivered > 0
)

select distinct
    feed.tracker_id,
    feed.indicator_id,
    feed.source_id,
    said.detail
from said
inner join feed
    on said.source_id = feed.source_id and said.document = feed.document and said.series = feed.series
left join claim
    on
        feed.tracker_id = claim.tracker_id
        and feed.indicator_id = claim.indicator_id
        and claim.kind = 'event'
        and claim.status <> 'withdrawn'
where claim.claim_id is null
