-- Grain: one row per claim that the release before could know.
-- Reads: claim
select *
from main.claim
where published_on <= $as_of and recorded_at <= $created_at
