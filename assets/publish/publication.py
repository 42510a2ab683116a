"""The Dagster skin of the stage.

Belongs here: the assets release and report. Not here: how a release is made (release.py).
"""

from collections.abc import Iterator

import dagster as dg

from assets.dictionary import load_dictionary
from assets.resources import MonitoringRun
from assets.unchanged import PUBLISHED_STATE, state_key

GROUP = "publish"
MADE_BEFORE = tuple(
    name
    for name, table in load_dictionary().tables.items()
    if table.stage in ("catalogue", "gather", "observe", "assess")
)


@dg.multi_asset(
    name="publication",
    specs=[
        dg.AssetSpec("release", deps=[*MADE_BEFORE, "change", "alert"], group_name=GROUP, kinds={"duckdb", "parquet"}),
        dg.AssetSpec("report", deps=[*MADE_BEFORE, "change", "alert"], group_name=GROUP, kinds={"html"}),
    ],
)
def publication(run: MonitoringRun) -> Iterator[dg.MaterializeResult[None]]:
    """The release and its report, put in place together by one rename; where nothing is new, the last one stands."""
    from assets.publish.delivering import deliver
    from assets.publish.release import publish_release, releases_to_keep, standing_release

    warehouse, settings, as_of = run.warehouse(), run.settings, run.as_of_date()
    key = state_key(warehouse, PUBLISHED_STATE, as_of)
    made = standing_release(warehouse, settings, key)
    stands = made is not None
    if made is None:
        made = publish_release(warehouse, settings, as_of=as_of, now=run.now())
        warehouse.remember("release", key, made.release_id)
    deliver(settings, releases_to_keep())
    yield dg.MaterializeResult(
        asset_key="release",
        metadata={
            "release": made.release_id,
            "shown to readers": made.shown,
            "rows": sum(made.rows.values()),
            "stands": stands,
        },
    )
    yield dg.MaterializeResult(asset_key="report", metadata={"folder": str(made.folder / "report")})
