-- Severity: warning
-- Target: claim
-- Rule: a recorded claim stays in its ledger; put a row that left it back, or take it back with `signposts withdraw`.
-- Grain: one row per claim that still counts though its row is gone.
-- Reads: ledger_fault
select
    tracker_id,
    indicator_id,
    claim_id
from ledger_fault
where fault = 'gone'
