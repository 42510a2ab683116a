-- Severity: warning
-- Target: scenario_probability
-- Rule: an indicator that alone moves a headline by more than .05 is to be reviewed: its claims, its numbers, its unit.
-- Grain: one row per indicator and scenario moved that far.
-- Reads: influence
select
    tracker_id,
    left_out,
    scenario_id,
    move
from influence
where starts_with(left_out, 'indicator:') and abs(move) > 0.05
