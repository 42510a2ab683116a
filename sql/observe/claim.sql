-- Grain: one row per version of a claim of the loaded trackers.
-- Reads: claim_version, tracker, tracker_setting, held_version, raw_ledger
-- What the gate holds is held until somebody accepts it, and supersedes nothing. A version is superseded by the next
-- one in use. r is the root of letter times number, capped where nobody verified it. A ledger claim points to where its
-- row stands now, and says why as that row does.
with gated as (
    select
        version.* exclude (sha256, row_number, note, correction_reason),
        if(raw_ledger.claim_id is null, version.note, raw_ledger.note) as note,
        if(raw_ledger.claim_id is null, version.correction_reason, raw_ledger.correction_reason)
            as correction_reason,
        coalesce(raw_ledger.sha256, version.sha256) as sha256,
        coalesce(raw_ledger.row_number, version.row_number) as row_number,
        least(
            sqrt(
                cast(
                    json_extract_string(
                        tracker_setting.settings, '$.reliability.letter.' || version.reliability
                    ) as double
                )
                * cast(
                    json_extract_string(
                        tracker_setting.settings, '$.reliability.number.' || version.credibility
                    ) as double
                )
            ),
            case
                when version.status = 'unverified'
                    then cast(json_extract_string(tracker_setting.settings, '$.reliability.unverified_cap') as double)
                else 1
            end
        ) as reliability_value,
        coalesce(not held_version.is_accepted, false) as held,
        case when not held_version.is_accepted then held_version.reason end as held_reason
    from claim_version as version
    inner join tracker on version.tracker_id = tracker.tracker_id
    inner join tracker_setting on version.tracker_id = tracker_setting.tracker_id
    left join held_version
        on version.tracker_id = held_version.tracker_id and version.claim_id = held_version.claim_id
    left join raw_ledger
        on
            version.tracker_id = raw_ledger.tracker_id
            and version.claim_id = raw_ledger.claim_id
            and version.source_id = 'ledger'
)

select
    * exclude (claim_key),
    last_value(case when not held then claim_id end ignore nulls) over (
        partition by tracker_id, first_claim_id
        order by version desc
        rows between unbounded preceding and 1 preceding
    ) as superseded_by,
    last_value(case when not held then recorded_at end ignore nulls) over (
        partition by tracker_id, first_claim_id
        order by version desc
        rows between unbounded preceding and 1 preceding
    ) as superseded_at
from gated
order by tracker_id, indicator_id, published_on, first_claim_id, version
