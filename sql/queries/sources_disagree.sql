-- Question: Where do sources disagree about the same reading by more than a tenth?
-- Columns: tracker_id, indicator_id, value_low, value_high, difference, n_sources
-- Parameters: difference = 0.1
select
    reading.tracker_id,
    reading.indicator_id,
    reading.value_low,
    reading.value_high,
    reading.value_high / reading.value_low - 1 as difference,
    reading.n_sources
from latest_reading as reading
where
    reading.n_reports > 1
    and reading.value_low > 0
    and reading.value_high / reading.value_low - 1 > $difference
order by difference desc, reading.tracker_id asc, reading.indicator_id asc
