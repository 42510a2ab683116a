-- Grain: one row per pooled claim and hypothesis; the claims of one list share the ratio of their list.
-- Reads: reading_claim, observation_ratio
select
    reading_claim.tracker_id,
    reading_claim.as_of,
    reading_claim.indicator_id,
    reading_claim.claim_id,
    ratio.scenario_id,
    ratio.onset,
    ratio.log_lambda
from reading_claim
inner join observation_ratio as ratio
    on
        reading_claim.tracker_id = ratio.tracker_id
        and reading_claim.as_of = ratio.as_of
        and reading_claim.indicator_id = ratio.indicator_id
        and reading_claim.report_id = ratio.report_id
where ratio.subset = 'all'
order by all
