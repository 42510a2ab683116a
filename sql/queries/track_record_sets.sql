-- Question: What did the method say of each scenario set whose end is known, and what came?
-- Columns: set_id, published_on, closest, verdict, p_closest_at_end, p_other_at_end, log_score, equal_odds, nearest_80
select
    resolved_set.set_id,
    resolved_set.published_on,
    resolved_set.closest,
    resolved_set.verdict,
    resolved_set.p_closest_at_end,
    resolved_set.p_other_at_end,
    max(score.value) filter (where score.rule = 'method') as log_score,
    max(score.value) filter (where score.rule = 'equal') as equal_odds,
    max(score.value) filter (where score.rule = 'nearest_80') as nearest_80
from resolved_set
inner join resolved_score as score on resolved_set.set_id = score.set_id and score.measure = 'log_score'
group by all
order by resolved_set.published_on, resolved_set.set_id
