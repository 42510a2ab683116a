-- Grain: one row per search that the release before holds.
-- Reads: search, released_search
select search.*
from main.search as search
inner join main.released_search as released
    on
        search.tracker_id = released.tracker_id
        and search.indicator_id = released.indicator_id
        and search.searched_on = released.searched_on
        and search.window_from = released.window_from
        and search.looked_until = released.looked_until
