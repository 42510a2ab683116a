-- Grain: one row per version of a document and week in which the publisher gave it, or said that it is unchanged.
-- Reads: fetch_attempt
-- A statement about the present holds for every day on which it was read; once a week is often enough to say so.
select
    source_id,
    document,
    sha256,
    min(fetched_at) as confirmed_at
from fetch_attempt
where outcome in ('hit', 'unchanged') and sha256 is not null
group by source_id, document, sha256, date_trunc('week', fetched_at)
