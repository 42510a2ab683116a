-- Grain: one row per as-of date, indicator and named scenario.
-- Reads: status_word, log_ratio, hypothesis, required_growth
-- Decibans compare the raw likelihood, onset summed out, with that of the scenario that fits best; the cell of the
-- evidence matrix follows from them: above -1 consistent, to -3 neutral, to -10 inconsistent, below very inconsistent.
with likelihood as (
    select
        log_ratio.tracker_id,
        log_ratio.as_of,
        log_ratio.indicator_id,
        log_ratio.scenario_id,
        any_value(log_ratio.weight) as weight,
        ln(sum(hypothesis.onset_weight * exp(log_ratio.log_ratio) order by log_ratio.onset)) as log_likelihood
    from log_ratio
    inner join hypothesis
        on
            log_ratio.tracker_id = hypothesis.tracker_id
            and log_ratio.scenario_id = hypothesis.scenario_id
            and log_ratio.onset = hypothesis.onset
    where log_ratio.scenario_id <> 'other'
    group by all
),

compared as (
    select
        tracker_id,
        as_of,
        indicator_id,
        scenario_id,
        weight,
        10 / ln(10) * (
            log_likelihood - max(log_likelihood) over (partition by tracker_id, as_of, indicator_id)
        ) as decibans
    from likelihood
)

select
    word.tracker_id,
    word.as_of,
    word.indicator_id,
    word.scenario_id,
    word.status,
    word.fit,
    compared.decibans,
    compared.decibans * compared.weight as contribution,
    case
        when compared.decibans is null then null
        when compared.decibans > -1 then 'C'
        when compared.decibans > -3 then 'N'
        when compared.decibans >= -10 then 'I'
        else 'II'
    end as cell,
    word.bits,
    growth.needed_growth
from status_word as word
left join compared
    on
        word.tracker_id = compared.tracker_id
        and word.as_of = compared.as_of
        and word.indicator_id = compared.indicator_id
        and word.scenario_id = compared.scenario_id
left join required_growth as growth
    on
        word.tracker_id = growth.tracker_id
        and word.as_of = growth.as_of
        and word.indicator_id = growth.indicator_id
        and word.scenario_id = growth.scenario_id
order by all
