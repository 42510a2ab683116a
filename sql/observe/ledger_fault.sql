-- Grain: one row per claim whose ledger row is gone, or says something else than when it was recorded.
-- Reads: claim_version, raw_ledger, tracker
-- A ledger row is never edited away: what was recorded stays, and the difference is told.
select
    kept.tracker_id,
    kept.indicator_id,
    kept.claim_id,
    raw_ledger.row_number,
    if(raw_ledger.claim_id is null, 'gone', 'edited') as fault
from claim_version as kept
inner join tracker on kept.tracker_id = tracker.tracker_id
left join raw_ledger
    on kept.tracker_id = raw_ledger.tracker_id and kept.claim_id = raw_ledger.claim_id
where
    kept.source_id = 'ledger'
    and (
        raw_ledger.claim_id is null
        or kept.indicator_id <> raw_ledger.indicator_id
        or kept.kind <> raw_ledger.kind
        or kept.period_start is distinct from raw_ledger.period_start
        or kept.period_end is distinct from raw_ledger.period_end
        or kept.value is distinct from raw_ledger.value
        or kept.value_low is distinct from raw_ledger.value_low
        or kept.value_high is distinct from raw_ledger.value_high
        or kept.category is distinct from raw_ledger.category
        or kept.happened_from is distinct from raw_ledger.happened_from
        or kept.happened_to is distinct from raw_ledger.happened_to
        or kept.trials is distinct from raw_ledger.trials
        or kept.searched_until is distinct from raw_ledger.searched_until
        or kept.base_value is distinct from raw_ledger.base_value
        or kept.base_part is distinct from raw_ledger.base_part
        or kept.base_published_on is distinct from raw_ledger.base_published_on
        or kept.planned_for is distinct from raw_ledger.planned_for
        or kept.unit is distinct from raw_ledger.unit
        or kept.source_name <> raw_ledger.source_name
        or kept.speaker <> raw_ledger.speaker
        or kept.source_url is distinct from raw_ledger.source_url
        or kept.reliability <> raw_ledger.reliability
        or kept.credibility <> raw_ledger.credibility
        or kept.status <> raw_ledger.status
        or kept.published_on <> raw_ledger.published_on
        or kept.published_on_inferred <> raw_ledger.published_on_inferred
        or kept.recorded_at <> raw_ledger.recorded_at
        or kept.corrects is distinct from raw_ledger.corrects
        or kept.project_id is distinct from raw_ledger.project_id
        or kept.stage is distinct from raw_ledger.stage
        or kept.note is distinct from raw_ledger.note
    )
order by kept.tracker_id, kept.indicator_id, kept.claim_id
