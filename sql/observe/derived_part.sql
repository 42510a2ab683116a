-- Grain: one row per version of a derived claim and claim that it was computed from.
-- Reads: derived_claim, derived_state
select
    derived.tracker_id,
    derived.claim_id,
    derived.indicator_id,
    state.side,
    state.position,
    state.part_indicator_id,
    state.part_claim_id,
    state.value
from derived_claim as derived
inner join derived_state as state
    on
        derived.tracker_id = state.tracker_id
        and derived.indicator_id = state.indicator_id
        and derived.kind = state.kind
        and derived.period_start = state.period_start
        and derived.period_end = state.period_end
        and derived.recorded_at = state.known_at
order by derived.tracker_id, derived.claim_id, state.side, state.position, state.part_claim_id
