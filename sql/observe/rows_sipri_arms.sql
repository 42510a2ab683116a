-- Grain: one row per document, series and year, in the common shape of a publisher's rows.
-- Reads: raw_sipri_arms
-- Delivered value counts in the year of the last delivery: the register does not split it over the years.
select
    'sipri_arms' as source_id,
    document,
    'delivered_tiv' as series,
    sha256,
    fetched_at,
    url,
    max(row_number) as row_number,
    make_date(last_delivery_year, 1, 1) as period_start,
    make_date(last_delivery_year, 12, 31) as period_end,
    sum(tiv_delivered order by row_number) as value
from raw_sipri_arms
where last_delivery_year is not null and tiv_delivered is not null
group by document, sha256, fetched_at, url, last_delivery_year
union all by name
select
    'sipri_arms' as source_id,
    document,
    'orders' as series,
    sha256,
    fetched_at,
    url,
    max(row_number) as row_number,
    make_date(order_year, 1, 1) as period_start,
    make_date(order_year, 12, 31) as period_end,
    cast(count(*) as double) as value
from raw_sipri_arms
group by document, sha256, fetched_at, url, order_year
