-- Grain: one row per scenario: its headline probability on two days, and the move between them.
-- Reads: scenario_probability, as_of_date
-- For example: from compare('2026-03-01', current_date). Each day stands for the newest as-of date on or before it.
-- Parameters: first_day, second_day
select
    earlier.tracker_id,
    earlier.scenario_id,
    earlier.as_of as first_as_of,
    later.as_of as second_as_of,
    earlier.posterior as first_posterior,
    later.posterior as second_posterior,
    later.posterior - earlier.posterior as move,
    earlier.decibans as first_decibans,
    later.decibans as second_decibans
from scenario_probability as earlier
inner join scenario_probability as later
    on
        earlier.tracker_id = later.tracker_id
        and earlier.scenario_id = later.scenario_id
        and earlier.variant = later.variant
where
    earlier.variant = 'headline'
    and earlier.as_of = (
        select max(known.as_of) from as_of_date as known
        where known.tracker_id = earlier.tracker_id and known.as_of <= cast($first_day as date)
    )
    and later.as_of = (
        select max(known.as_of) from as_of_date as known
        where known.tracker_id = later.tracker_id and known.as_of <= cast($second_day as date)
    )
