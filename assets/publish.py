"""Dagster's assets of the stage publish: the release and its report, put in place together by one rename."""

import os
import shlex
import subprocess
from collections.abc import Iterator

import dagster as dg

from signposts.dictionary import load_dictionary
from signposts.errors import ReleaseNotDelivered

from .resources import MonitoringRun
from .table_specs import table_spec

GROUP = "publish"
MADE_BEFORE = tuple(
    name
    for name, table in load_dictionary().tables.items()
    if table.stage in ("catalogue", "gather", "observe", "assess")
)


# Written by the command `signposts track-record`; the next release takes them along.
TRACK_RECORD_ASSETS = [
    table_spec(name, group="track_record")
    for name in MADE_BEFORE
    if name.startswith("resolved_") and name != "resolved_forecast"
]


@dg.multi_asset(
    name="publication",
    specs=[
        table_spec("release", group=GROUP, deps=[*MADE_BEFORE, "change", "alert"], kinds=("duckdb", "parquet")),
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


@dg.asset(deps=["release", "report"], group_name=GROUP)
def delivered(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """The release brought elsewhere by the command in SIGNPOSTS_AFTER_RELEASE; its failure fails this asset alone."""
    command = os.environ.get("SIGNPOSTS_AFTER_RELEASE", "")
    if not command:
        return dg.MaterializeResult(metadata={"why": "SIGNPOSTS_AFTER_RELEASE is not set"})
    environment = os.environ | {"SIGNPOSTS_HOME": str(run.settings.home)}
    ended = subprocess.run(shlex.split(command), env=environment, capture_output=True, text=True)  # noqa: S603 - the operator's own command
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise ReleaseNotDelivered(f"{command!r} ended with {ended.returncode}: {last}; the release stands here")
    return dg.MaterializeResult(metadata={"command": command})
