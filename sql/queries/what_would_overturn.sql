-- Question: Which single reading would make another scenario lead?
-- Columns: tracker_id, leading_scenario_id, indicator_id, reading, date, new_leading_scenario_id, new_posterior, detail
select
    overturn.tracker_id,
    overturn.leading_scenario_id,
    overturn.indicator_id,
    overturn.reading,
    overturn.date,
    overturn.new_leading_scenario_id,
    overturn.new_posterior,
    overturn.detail
from overturn
order by overturn.tracker_id
