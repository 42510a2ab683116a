-- Grain: one row per claim whose ledger row is gone, or says something else than when it was recorded.
-- Reads: claim_version, raw_ledger, tracker
-- A ledger row is never edited away: what was recorded stays, and the difference is told. All columns count but those
-- that say where the row stands (scope, row_number, sha256 of the file) and those that follow from others. Why a row
-- corrects another stood in its note before there was a column for it: the two are compared as one text, so that a
-- reason may move to its column, without the word that `signposts withdraw` then put before it. Who recorded a row may
-- be filled in where nobody was named: it was a later column, and changes nothing that a claim says.
with own as (
    select claim_version.* replace (coalesce(claim_version.recorded_by, raw_ledger.recorded_by) as recorded_by)
    from claim_version
    left join raw_ledger
        on claim_version.tracker_id = raw_ledger.tracker_id and claim_version.claim_id = raw_ledger.claim_id
    where claim_version.source_id = 'ledger' and claim_version.tracker_id in (select tracker.tracker_id from tracker)
),

recorded as (
    select
        * exclude (
            scope, sha256, row_number, first_claim_id, version, claim_key, revision_share, note, correction_reason
        ),
        regexp_replace(concat_ws('; ', correction_reason, note), '^withdrawn: ', '') as remark
    from own
),

-- The empty first part puts the columns in the order of the recorded ones, whatever they are.
written as (
    select *
    from recorded
    where false
    union all by name
    select
        * exclude (scope, sha256, row_number, reliability_value, note, correction_reason),
        regexp_replace(concat_ws('; ', correction_reason, note), '^withdrawn: ', '') as remark
    from raw_ledger
),

differing as (
    select * from recorded
    except
    select * from written
)

select
    differing.tracker_id,
    differing.indicator_id,
    differing.claim_id,
    raw_ledger.row_number,
    if(raw_ledger.claim_id is null, 'gone', 'edited') as fault
from differing
left join raw_ledger
    on differing.tracker_id = raw_ledger.tracker_id and differing.claim_id = raw_ledger.claim_id
order by differing.tracker_id, differing.indicator_id, differing.claim_id
