"""Dagster's assets of the stage publish: the release and its report, put in place together by one rename."""

from collections.abc import Iterator

import dagster as dg

from signposts.dictionary import load_dictionary

from .resources import MonitoringRun

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
    """The release and its report, put in place together by one rename."""
    from signposts.release.publish import publish_release

    made = publish_release(run.warehouse(), run.settings, as_of=run.as_of_date(), now=run.now())
    yield dg.MaterializeResult(
        asset_key="release",
        metadata={"release": made.release_id, "shown to readers": made.shown, "rows": sum(made.rows.values())},
    )
    yield dg.MaterializeResult(asset_key="report", metadata={"folder": str(made.folder / "report")})
