-- Grain: one row per publisher of which values are kept, since rows of its newest documents could not be read.
-- Reads: kept_value
-- A document's rows may bear on values of several trackers: they are counted once.
with document as (
    select
        source_id,
        document,
        count(distinct claim_id) as kept,
        max(rows_set_aside) as rows_set_aside,
        min(reason) as reason
    from kept_value
    group by source_id, document
)

select
    source_id,
    cast(sum(kept) as varchar) || if(sum(kept) = 1, ' value of ', ' values of ') || source_id
    || if(sum(kept) = 1, ' is', ' are') || ' kept from before, shown as stale: ' || cast(sum(rows_set_aside) as varchar)
    || if(sum(rows_set_aside) = 1, ' row', ' rows') || ' of its newest documents cannot be read ('
    || min_by(document || ': ' || reason, document) || ')' as message
from document
group by source_id
order by source_id
