-- Grain: one row per indicator: the claim of its newest period, in its newest version.
select
    indicator_id,
    value
from read_parquet('{{ env_var("PEER_INPUT") }}/claim.parquet')
qualify row_number() over (partition by indicator_id order by period_end desc, version desc) = 1
