-- Grain: one row per indicator, most worth checking first.
-- Reads: collection_priority
select
    rank,
    indicator_id,
    next_due,
    obtainable_bits,
    staleness,
    unreliability,
    priority
from collection_priority
where tracker_id = $tracker
order by rank
