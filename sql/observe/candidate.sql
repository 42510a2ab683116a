-- Grain: one row per candidate of one batch, with r from its grade.
-- Reads: candidate_batch, tracker_setting
select
    batch.*,
    sqrt(
        cast(json_extract_string(setting.settings, '$.reliability.letter.' || batch.reliability) as double)
        * cast(json_extract_string(setting.settings, '$.reliability.number.' || batch.credibility) as double)
    ) as reliability_value
from candidate_batch as batch
inner join tracker_setting as setting on batch.tracker_id = setting.tracker_id
