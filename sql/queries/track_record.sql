-- Question: How did the method do on scenario sets whose end is known?
-- Columns: measure, rule, value, low, high, gain, gain_low, gain_high, families_better
select
    score.measure,
    score.rule,
    score.value,
    score.low,
    score.high,
    gain.value as gain,
    gain.low as gain_low,
    gain.high as gain_high,
    better.value as families_better
from resolved_score as score
left join resolved_score as gain
    on
        gain.set_id = 'all'
        and score.rule = gain.rule
        and gain.measure = score.measure || ':gain_over'
left join resolved_score as better
    on
        better.set_id = 'all'
        and score.rule = better.rule
        and better.measure = score.measure || ':families_better'
where score.set_id = 'all' and not contains(score.measure, ':')
order by score.measure, score.rule
