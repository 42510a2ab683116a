-- Grain: one row per scenario: prior odds times the likelihood ratios of all indicators, made to add up to one.
with odds as (
    select
        prior.scenario_id,
        ln(prior.probability) + sum(log_ratio.log_ratio) as log_odds
    from read_parquet('{{ env_var("PEER_INPUT") }}/prior.parquet') as prior
    inner join {{ ref('log_ratio') }} as log_ratio on prior.scenario_id = log_ratio.scenario_id
    group by prior.scenario_id, prior.probability
)

select
    scenario_id,
    exp(log_odds - highest) / sum(exp(log_odds - highest)) over () as probability
from (select *, max(log_odds) over () as highest from odds)
