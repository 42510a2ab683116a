-- Grain: one row per subset, as-of date, group, reading left out (null for none), and named hypothesis.
-- Reads: reading_evidence, indicator, evidence_group
-- Sums have an order, so that the same rows give the same last digit. luck is c of the group's readings that share it:
-- a Gaussian copula's log density with the group's correlation. Subsets conditions and outcomes are whole indicators by
-- role.
with own as (
    select
        evidence.tracker_id,
        unnest(
            if(
                evidence.subset = 'all' and indicator.role in ('condition', 'outcome'),
                ['all', indicator.role || 's'],
                [evidence.subset]
            )
        ) as subset,
        evidence.as_of,
        evidence.indicator_id,
        evidence.group_id,
        evidence.scenario_id,
        evidence.onset,
        if(evidence.is_defining, 0, evidence.log_ratio) as ordinary,
        if(evidence.is_defining, 0, evidence.log_ratio_contaminated) as ordinary_contaminated,
        if(evidence.is_defining, evidence.log_ratio, 0) as defining,
        if(evidence.is_defining, evidence.log_ratio_contaminated, 0) as defining_contaminated,
        coalesce(evidence.z, 0) as z,
        if(evidence.z is null, 0, 1) as shares
    from reading_evidence as evidence
    inner join indicator
        on evidence.tracker_id = indicator.tracker_id and evidence.indicator_id = indicator.indicator_id
    where evidence.scenario_id <> 'other'
),

whole as (
    select
        tracker_id,
        subset,
        as_of,
        group_id,
        scenario_id,
        onset,
        sum(ordinary order by indicator_id) as ordinary,
        sum(ordinary_contaminated order by indicator_id) as ordinary_contaminated,
        sum(defining order by indicator_id) as defining,
        sum(defining_contaminated order by indicator_id) as defining_contaminated,
        sum(z order by indicator_id) as z_sum,
        sum(z * z order by indicator_id) as z_square_sum,
        sum(shares) as n_readings
    from own
    group by all
),

part as (
    select
        *,
        cast(null as varchar) as left_out
    from whole
    union all by name
    select
        whole.tracker_id,
        whole.subset,
        whole.as_of,
        whole.group_id,
        whole.scenario_id,
        whole.onset,
        whole.ordinary - own.ordinary as ordinary,
        whole.ordinary_contaminated - own.ordinary_contaminated as ordinary_contaminated,
        whole.defining - own.defining as defining,
        whole.defining_contaminated - own.defining_contaminated as defining_contaminated,
        whole.z_sum - own.z as z_sum,
        whole.z_square_sum - own.z * own.z as z_square_sum,
        whole.n_readings - own.shares as n_readings,
        own.indicator_id as left_out
    from whole
    inner join own
        on
            whole.tracker_id = own.tracker_id
            and whole.subset = own.subset
            and whole.as_of = own.as_of
            and whole.group_id = own.group_id
            and whole.scenario_id = own.scenario_id
            and whole.onset = own.onset
    where whole.subset = 'all'
)

select
    part.tracker_id,
    part.subset,
    part.as_of,
    part.group_id,
    part.left_out,
    part.scenario_id,
    part.onset,
    part.ordinary,
    part.ordinary_contaminated,
    part.defining,
    part.defining_contaminated,
    part.z_sum,
    part.z_square_sum,
    cast(part.n_readings as integer) as n_readings,
    case
        when part.n_readings < 2 then 0
        else
            -0.5 * (
                (part.n_readings - 1) * ln(1 - evidence_group.rho)
                + ln(1 + (part.n_readings - 1) * evidence_group.rho)
            )
            - 0.5 * evidence_group.rho / (1 - evidence_group.rho)
            * (part.z_square_sum - part.z_sum * part.z_sum / (1 + (part.n_readings - 1) * evidence_group.rho))
    end as luck
from part
inner join evidence_group
    on part.tracker_id = evidence_group.tracker_id and part.group_id = evidence_group.group_id
