-- Grain: one row per tracker and source of which claims are held until somebody accepts them.
-- Reads: claim
-- The key carries when the newest of them came, so that what comes to be held later is sent again.
select
    tracker_id,
    cast(null as varchar) as scenario_id,
    'held' as kind,
    'warning' as severity,
    cast(null as varchar) as indicator_id,
    cast(count(*) as varchar) || if(count(*) = 1, ' claim of ', ' claims of ') || source_id
    || if(count(*) = 1, ' is held and not used: ', ' are held and not used: ')
    || array_to_string(list(claim_id order by recorded_at desc, claim_id asc)[1:3], ', ')
    || if(count(*) > 3, ' and others', '')
    || '. Look at the publisher''s page, then let each through with `signposts accept CLAIM --reason` or correct it'
        as message,
    concat_ws(':', 'held', tracker_id, source_id, strftime(max(recorded_at), '%Y%m%dT%H%M%S')) as alert_key
from claim
where held and status <> 'withdrawn' and superseded_by is null
group by tracker_id, source_id
