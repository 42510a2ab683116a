-- Grain: one row per moment at which the publisher said that a state still holds, in the common shape of its rows.
-- Reads: raw_iaea_pris, confirmed_version
-- A change is never an event by itself: it gives no row here, and a check shows it to a person.
select
    'iaea_pris' as source_id,
    raw_iaea_pris.document,
    raw_iaea_pris.series,
    raw_iaea_pris.document as scope,
    raw_iaea_pris.sha256,
    confirmed.confirmed_at as fetched_at,
    raw_iaea_pris.url,
    raw_iaea_pris.row_number,
    'none_seen' as kind,
    coalesce(raw_iaea_pris.valid_until, cast(confirmed.confirmed_at as date) - 1) as searched_until,
    raw_iaea_pris.detail as note
from raw_iaea_pris
inner join confirmed_version as confirmed
    on
        raw_iaea_pris.document = confirmed.document
        and raw_iaea_pris.sha256 = confirmed.sha256
        and confirmed.source_id = 'iaea_pris'
where raw_iaea_pris.holds
