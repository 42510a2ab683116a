-- Grain: one row per moment at which the publisher said that a state still holds, in the common shape of its rows.
-- Reads: raw_wikidata, confirmed_version
-- A change is never an event by itself: it gives no row here, and a check shows it to a person.
select
    'wikidata' as source_id,
    raw_wikidata.document,
    raw_wikidata.series,
    raw_wikidata.document as scope,
    raw_wikidata.sha256,
    confirmed.confirmed_at as fetched_at,
    raw_wikidata.url,
    raw_wikidata.row_number,
    'none_seen' as kind,
    coalesce(raw_wikidata.valid_until, cast(confirmed.confirmed_at as date) - 1) as searched_until,
    raw_wikidata.detail as note
from raw_wikidata
inner join confirmed_version as confirmed
    on
        raw_wikidata.document = confirmed.document
        and raw_wikidata.sha256 = confirmed.sha256
        and confirmed.source_id = 'wikidata'
where raw_wikidata.holds
