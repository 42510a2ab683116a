select sum(probability) as total
from {{ ref('probability') }}
having abs(sum(probability) - 1) > 1e-9
