-- Grain: one row per version of a claim, newest first.
-- Reads: claim
select
    claim_id,
    indicator_id,
    kind,
    period_start,
    period_end,
    value,
    value_low,
    value_high,
    category,
    source_id,
    speaker,
    source_url,
    reliability,
    credibility,
    status,
    held,
    superseded_by,
    published_on
from claim
where tracker_id = $tracker
order by published_on desc nulls last, claim_id desc
