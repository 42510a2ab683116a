-- Question: Which indicators can tell the scenarios apart best, today and in the years to come?
-- Columns: tracker_id, indicator_id, title, years_ahead, bits
-- Parameters: at_most = 10
select
    diagnosticity.tracker_id,
    diagnosticity.indicator_id,
    indicator.title,
    diagnosticity.years_ahead,
    diagnosticity.bits
from diagnosticity
inner join indicator
    on diagnosticity.tracker_id = indicator.tracker_id and diagnosticity.indicator_id = indicator.indicator_id
qualify
    row_number() over (
        partition by diagnosticity.tracker_id, diagnosticity.years_ahead
        order by diagnosticity.bits desc, diagnosticity.indicator_id asc
    ) <= $at_most
order by
    diagnosticity.tracker_id asc,
    diagnosticity.years_ahead asc,
    diagnosticity.bits desc,
    diagnosticity.indicator_id asc
