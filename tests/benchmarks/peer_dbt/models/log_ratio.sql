-- Grain: one row per indicator and scenario: log density of the reading, less that under the scenario `middle`.
with density as (
    select
        prediction.indicator_id,
        prediction.scenario_id,
        -ln(prediction.deviation) - ((reading.value - prediction.mean) / prediction.deviation) ** 2 / 2 as log_density
    from read_parquet('{{ env_var("PEER_INPUT") }}/prediction.parquet') as prediction
    inner join {{ ref('reading') }} as reading on prediction.indicator_id = reading.indicator_id
)

select
    density.indicator_id,
    density.scenario_id,
    density.log_density - middle.log_density as log_ratio
from density
inner join density as middle on density.indicator_id = middle.indicator_id and middle.scenario_id = 'middle'
