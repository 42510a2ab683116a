-- Grain: one row per tracker and source of which many claims were withdrawn at once since the last release.
-- Reads: claim
-- Many: ten or more, and a fifth or more of what the source had said.
with spoken as (
    select
        tracker_id,
        source_id,
        count(distinct first_claim_id) as said,
        count(distinct first_claim_id) filter (where status = 'withdrawn' and recorded_at > $since) as gone,
        max(recorded_at) filter (where status = 'withdrawn' and recorded_at > $since) as gone_at
    from claim
    group by tracker_id, source_id
)

select
    tracker_id,
    cast(null as varchar) as scenario_id,
    'withdrawn' as kind,
    'critical' as severity,
    cast(null as varchar) as indicator_id,
    cast(gone as varchar) || ' of ' || cast(said as varchar) || ' claims of ' || source_id
    || ' were withdrawn at once: its newest document no longer has them. Compare it with the publisher''s page before '
    || 'trusting what moved' as message,
    concat_ws(':', 'withdrawn', tracker_id, source_id, strftime(gone_at, '%Y%m%dT%H%M%S')) as alert_key
from spoken
where gone >= 10 and gone >= 0.2 * said
