-- Grain: one row per campaign, strikes with fewer than sixty days between them, and moment at which a file came.
-- Reads: raw_ucdp_candidate, standing_file
-- In the common shape of a publisher's rows. Of an event that two files hold the later file's counts. The list is
-- closed at the end of the newest file that joins those before it without a gap. A campaign counts on its first day.
with file as (
    select
        standing.name,
        standing.known_at,
        raw.document,
        raw.fetched_at,
        raw.period_start,
        raw.period_end,
        coalesce(
            raw.period_start > max(raw.period_end) over (
                partition by standing.name, standing.known_at
                order by raw.period_start, raw.period_end
                rows between unbounded preceding and 1 preceding
            ) + 1,
            false
        ) as after_a_gap
    from standing_file as standing
    inner join raw_ucdp_candidate as raw
        on standing.document = raw.document and standing.fetched_at = raw.fetched_at
    where standing.source_id = 'ucdp_candidate' and raw.series = 'file'
),

covered as (
    select
        name,
        known_at,
        max(period_end) as searched_until
    from file
    where
        period_start < coalesce(
            (
                select min(later.period_start)
                from file as later
                where later.after_a_gap and later.name = file.name and later.known_at = file.known_at
            ),
            date '9999-12-31'
        )
    group by name, known_at
),

event as (
    select
        file.name,
        file.known_at,
        covered.searched_until,
        raw.document,
        raw.event_id,
        raw.period_start,
        raw.period_end,
        raw.url,
        raw.sha256,
        raw.row_number
    from file
    inner join covered
        on
            file.name = covered.name
            and file.known_at = covered.known_at
            and file.period_end <= covered.searched_until
    inner join raw_ucdp_candidate as raw
        on file.document = raw.document and file.fetched_at = raw.fetched_at
    where raw.series = 'event'
    qualify
        file.period_end = max(file.period_end) over (partition by file.name, file.known_at, raw.event_id)
),

strike as (
    select
        *,
        max(period_end) over (
            partition by name, known_at
            order by period_start, event_id
            rows between unbounded preceding and 1 preceding
        ) as struck_until
    from event
)

select
    'ucdp_candidate' as source_id,
    document,
    'campaigns' as series,
    name as scope,
    sha256,
    known_at as fetched_at,
    url,
    row_number,
    period_start,
    period_start as period_end,
    1 as value,
    'count' as kind,
    'campaign from ' || period_start as category,
    period_start as happened_from,
    period_start as happened_to,
    searched_until
from strike
where struck_until is null or period_start >= struck_until + 60
