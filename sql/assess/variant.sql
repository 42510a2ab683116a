-- Grain: one row per variant of the headline; each varies one thing.
-- Reads: tracker, prior_set, variant_setting, reading_evidence
-- Subset is the set of predictions it listens to; left_out names one indicator or one group.
with headline as (
    select
        tracker_id,
        prior_set,
        other_mass,
        evidence_weight,
        defining_weight,
        'all' as subset,
        cast(null as varchar) as left_out
    from tracker
),

spoken as (
    select distinct
        tracker_id,
        indicator_id,
        group_id
    from reading_evidence
    where subset = 'all'
),

varied as (
    select
        tracker_id,
        'headline' as variant,
        'headline' as family
    from tracker
    union all
    select distinct
        prior_set.tracker_id,
        'prior:' || prior_set.prior_set as variant,
        'prior' as family
    from prior_set
    inner join headline
        on prior_set.tracker_id = headline.tracker_id and prior_set.prior_set <> headline.prior_set
    union all
    select
        tracker_id,
        family || ':' || label as variant,
        family
    from variant_setting
    union all
    select
        headline.tracker_id,
        'only:' || only_subset.name as variant,
        'only' as family
    from headline
    cross join (values ('stated'), ('conditions'), ('outcomes')) as only_subset (name)
    union all
    select
        tracker_id,
        'without:' || indicator_id as variant,
        'without' as family
    from spoken
    union all
    select distinct
        tracker_id,
        'without_group:' || group_id as variant,
        'without_group' as family
    from spoken
),

named as (
    select
        tracker_id,
        variant,
        family,
        case when family <> 'headline' then substr(variant, length(family) + 2) end as what
    from varied
)

select
    named.tracker_id,
    named.variant,
    named.family,
    if(named.family = 'prior', named.what, headline.prior_set) as prior_set,
    if(named.family = 'other_mass', try_cast(named.what as double), headline.other_mass) as other_mass,
    if(named.family = 'evidence_weight', try_cast(named.what as double), headline.evidence_weight) as evidence_weight,
    headline.defining_weight,
    case
        when named.family = 'only' then named.what
        when named.family = 'trigger_factor' then named.variant
        else headline.subset
    end as subset,
    if(named.family in ('without', 'without_group'), named.what, headline.left_out) as left_out
from named
inner join headline on named.tracker_id = headline.tracker_id
order by named.tracker_id, named.variant
