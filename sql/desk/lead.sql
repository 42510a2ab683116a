-- Grain: one row per lead and indicator that it may bear on, the open ones ranked.
-- Reads: found_lead, collection_priority, influence
-- The rank is that of signposts/desk/ranking.py: what a reading of the indicator could move, times the grade of the
-- source, newness (halved every two weeks) and the strength of the match.
with influence_of as (
    select
        tracker_id,
        substr(left_out, 11) as indicator_id,
        max(abs(move)) as move
    from influence
    where starts_with(left_out, 'indicator:')
    group by tracker_id, left_out
),

priority_of as (
    select
        tracker_id,
        indicator_id,
        max(priority) as priority
    from collection_priority
    group by tracker_id, indicator_id
),

scored as (
    select
        found_lead.*,
        (0.01 + coalesce(priority_of.priority, 0) + coalesce(influence_of.move, 0))
        * found_lead.strength
        * found_lead.grade
        * power(
            0.5, greatest(date_diff('day', coalesce(found_lead.published_on, found_lead.seen_at::date), $as_of), 0) / 14
        ) as score
    from found_lead
    left join priority_of
        on found_lead.tracker_id = priority_of.tracker_id and found_lead.indicator_id = priority_of.indicator_id
    left join influence_of
        on found_lead.tracker_id = influence_of.tracker_id and found_lead.indicator_id = influence_of.indicator_id
)

select
    tracker_id,
    lead_id,
    indicator_id,
    story_id,
    title,
    url,
    source_name,
    feeds,
    reliability,
    published_on,
    seen_at,
    strength,
    case when is_open then score end as score,
    case
        when is_open
            then
                row_number() over (
                    partition by tracker_id, is_open
                    order by score desc, coalesce(published_on, seen_at::date) desc, lead_id asc, indicator_id asc
                )
    end as rank,
    is_open,
    decision,
    reason,
    later_until,
    claim_id,
    decided_by,
    decided_at,
    sha256
from scored
