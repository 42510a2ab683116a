-- Grain: one row per moment at which the publisher said that a state still holds, in the common shape of its rows.
-- Reads: raw_fatf, confirmed_version
-- A change is never an event by itself: it gives no row here, and a check shows it to a person.
select
    'fatf' as source_id,
    raw_fatf.document,
    raw_fatf.series,
    split_part(raw_fatf.document, '/', 1) as scope,
    raw_fatf.sha256,
    confirmed.confirmed_at as fetched_at,
    raw_fatf.url,
    raw_fatf.row_number,
    'none_seen' as kind,
    coalesce(raw_fatf.valid_until, cast(confirmed.confirmed_at as date) - 1) as searched_until,
    raw_fatf.detail as note
from raw_fatf
inner join confirmed_version as confirmed
    on
        raw_fatf.document = confirmed.document
        and raw_fatf.sha256 = confirmed.sha256
        and confirmed.source_id = 'fatf'
where raw_fatf.holds
