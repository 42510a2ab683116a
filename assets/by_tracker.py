"""Trackers side by side: the stages' own assets with a partition a tracker, each in a file of its own.

Only where SIGNPOSTS_BY_TRACKER is yes. Dagster's queue, retries and backfills carry a pass: `trackers` begins it with a
copy of what was gathered, each partition assesses its tracker in its own copy, `parts` brings all of them back, and the
release follows. A part of another pass, date or code withholds the release.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from signposts.dictionary import load_dictionary
from signposts.errors import InputError, ReleaseWithheld
from signposts.files import UNFINISHED
from signposts.run_key import code_digest
from signposts.settings import Settings
from signposts.validation import load_suites, validate_table
from signposts.warehouse import Warehouse, single_writer

from . import observe
from .resources import MonitoringRun, hold_run_lock
from .table_specs import RAW_TABLES

TRACKERS = dg.DynamicPartitionsDefinition(name="tracker")
STAGES = {"observe", "assess"}


def made_before(steps: Iterable[Any]) -> set[str]:
    """Return the tables that are made before a pass begins, of all trackers at once.

    They are made from what publishers sent, which belongs to no tracker, or such a table needs them; the tables of one
    step are made together.
    """
    sent = {dg.AssetKey(name) for name in RAW_TABLES}
    reads = {step: {dep.asset_key for spec in step.specs for dep in spec.deps} for step in steps}
    before = {step for step in reads if reads[step] & sent}
    while needed := {step for step in reads if any(step.keys & reads[other] for other in before)} - before:
        before |= needed
    return {key.to_user_string() for step in before for key in step.keys}


BEFORE = made_before(dg.load_assets_from_modules([observe]))
AFTER = dg.AssetSelection.groups("publish") | dg.AssetSelection.tag("signposts/stage", "publish")
FIRST = dg.AssetSelection.groups("catalogue", "gather") | dg.AssetSelection.assets(*BEFORE, "trackers")
"""What the scheduled job makes; the rest follows by the conditions below, a run a tracker."""

# Every partition must have been made since the pass began. `all_deps_match` is content with one matching partition of
# each dependency; the double negation asks for all.
SINCE_PASS = dg.AutomationCondition.newly_updated().since(
    dg.AutomationCondition.any_deps_match(dg.AutomationCondition.newly_updated()).allow(
        dg.AssetSelection.assets("trackers")
    )
)
EVERY_PART = (
    ~dg.AutomationCondition.any_deps_match(~SINCE_PASS)
).newly_true().since_last_handled() & ~dg.AutomationCondition.in_progress()
# A tracker's assets are made together and heed the beginning of a pass alone: heeding each other's tables, they were
# asked for again while the release was made.
AFTER_TRACKERS = dg.AutomationCondition.eager().allow(dg.AssetSelection.assets("trackers"))
# What follows the parts heeds them alone: one tracker that fails keeps back the parts, and with them the release.
AFTER_PARTS = dg.AutomationCondition.eager().allow(dg.AssetSelection.assets("parts") | AFTER)
# Dagster's own sensor for conditions waits for somebody to switch it on.
FOLLOW_PASS = dg.AutomationConditionSensorDefinition(
    "follow_pass", target=dg.AssetSelection.all(), default_status=dg.DefaultSensorStatus.RUNNING
)


def joint() -> tuple[str, ...]:
    """Return what `change`, the first asset after the parts, depends on beside its tables.

    What `partitioned` adds stands in the graph of assets and in conditions; the steps of one run follow only what an
    asset's own function was given.
    """
    return ("parts",) if is_by_tracker() else ()


def is_by_tracker() -> bool:
    """Return whether SIGNPOSTS_BY_TRACKER is yes; a word other than yes or no is refused."""
    word = os.environ.get("SIGNPOSTS_BY_TRACKER") or "no"
    if word not in ("yes", "no"):
        raise InputError(f"SIGNPOSTS_BY_TRACKER is {word!r}; set it to yes or no")
    return word == "yes"


def partitioned(assets: Iterable[Any]) -> list[Any]:
    """Return the stages' assets with a partition a tracker, and the two that stand before and after them."""

    def place(spec: dg.AssetSpec) -> dg.AssetSpec:
        if "publish" in (spec.group_name, spec.tags.get("signposts/stage")):
            return spec.replace_attributes(deps=[*spec.deps, "parts"], automation_condition=AFTER_PARTS)
        if spec.group_name in STAGES and spec.key.to_user_string() not in BEFORE:
            return spec.replace_attributes(
                partitions_def=TRACKERS, deps=[*spec.deps, "trackers"], automation_condition=AFTER_TRACKERS
            )
        return spec

    placed = list(dg.map_asset_specs(place, list(assets)))
    specs = [spec for asset in placed for spec in (asset.specs if isinstance(asset, dg.AssetsDefinition) else [asset])]
    made = [spec.key for spec in specs if spec.partitions_def is TRACKERS]
    whole = dg.map_asset_specs(lambda spec: spec.replace_attributes(deps=[*spec.deps, *made]), [parts])
    return [*placed, trackers, *whole]


def tracker_warehouse(settings: Settings, tracker_id: str) -> Warehouse:
    """Return the working database of one tracker's partition."""
    return Warehouse(settings.home / "trackers" / tracker_id / "warehouse.duckdb")


class PartitionedRun(MonitoringRun):
    """A run of the installation, or of one tracker where it has a tracker's partition."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[MonitoringRun]:
        """Hold the lock of what this run writes: the installation's, or that of its tracker's file."""
        run, instance = context.run, context.instance
        tracker_id = run.tags.get("dagster/partition", "") if run is not None else ""
        if run is None or instance is None or not instance.has_dynamic_partition(str(TRACKERS.name), tracker_id):
            with super().yield_for_execution(context) as begun:
                yield begun
            return
        warehouse = tracker_warehouse(self.settings, tracker_id)
        lock = warehouse.path.with_name("writer.lock")
        with (
            hold_run_lock(self.settings.home / "alive" / run.run_id),
            single_writer(lock, wait_seconds=self.wait_seconds, purpose=f"tracker {tracker_id}"),
        ):
            set_out(self.settings, warehouse, tracker_id)
            with warehouse.connect():
                (pass_row,) = warehouse.rows("select as_of, started_at from this_pass")
                begun = self.model_copy(update=pass_row)
                begun._warehouse = warehouse
                yield begun


@dg.asset(deps=sorted(BEFORE), group_name="by_tracker")
def trackers(context: dg.AssetExecutionContext, run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Begin a pass: the partitions equal the catalogue's trackers, and a copy of what was gathered is set out."""
    warehouse = run.warehouse()
    names = [str(row["tracker_id"]) for row in warehouse.rows("select tracker_id from tracker order by tracker_id")]
    partitions = set(context.instance.get_dynamic_partitions(str(TRACKERS.name)))
    context.instance.add_dynamic_partitions(str(TRACKERS.name), names)
    for gone in partitions - set(names):
        context.instance.delete_dynamic_partition(str(TRACKERS.name), gone)
    row = {"as_of": run.as_of_date().isoformat(), "started_at": run.now().isoformat(), "code": code_digest()}
    warehouse.write_rows("this_pass", [row])
    warehouse.write_copy(handed_over(run.settings))
    return dg.MaterializeResult(metadata={"trackers": len(names), **row})


def handed_over(settings: Settings) -> Path:
    """Return where the copy stands that partitions read: nobody writes it, so that none waits for another."""
    return settings.home / "trackers" / "handed_over.duckdb"


def set_out(settings: Settings, database: Warehouse, tracker_id: str) -> None:
    """Make a tracker's own working database: a copy of what was gathered without the rows of other trackers.

    One of this pass stays: Dagster resumes a killed run at the step it died in, which reads what the steps before made.
    """
    if is_of_pass(database, Warehouse(handed_over(settings), read_only=True).rows("from this_pass")):
        return
    # DuckDB would replay the log of a run that was killed into the copy.
    database.path.with_name(f"{database.path.name}.wal").unlink(missing_ok=True)
    fresh = Warehouse(database.path.with_name(f"{UNFINISHED}{database.path.name}"))
    fresh.path.with_name(f"{fresh.path.name}.wal").unlink(missing_ok=True)
    shutil.copyfile(handed_over(settings), fresh.path)
    with fresh.connect() as connection:
        for name in tables_of_trackers(fresh):
            connection.execute(f'delete from "{name}" where tracker_id <> $tracker', {"tracker": tracker_id})  # noqa: S608 - our own names
    fresh.path.replace(database.path)


def is_of_pass(database: Warehouse, this_pass: list[dict[str, Any]]) -> bool:
    """Return whether a tracker's working database was begun in a pass."""
    return database.path.exists() and database.has_table("this_pass") and database.rows("from this_pass") == this_pass


def tables_of_trackers(warehouse: Warehouse) -> list[str]:
    """Return the tables whose rows belong to one tracker each."""
    statement = "select table_name from duckdb_columns() where column_name = 'tracker_id' order by table_name"
    return [str(row["table_name"]) for row in warehouse.rows(statement)]


@dg.asset(deps=["trackers"], group_name="by_tracker", automation_condition=EVERY_PART)
def parts(run: MonitoringRun) -> dg.MaterializeResult[None]:
    """Bring every tracker's part back, refuse a mixture of passes, and judge the whole once more."""
    warehouse = run.warehouse()
    names = [str(row["tracker_id"]) for row in warehouse.rows("select tracker_id from tracker order by tracker_id")]
    begun = warehouse.rows("select as_of, code from this_pass")
    if begun != [{"as_of": run.as_of_date().isoformat(), "code": code_digest()}]:
        raise ReleaseWithheld("the pass began on another day or with other code: materialise `trackers` to begin one")
    gather_parts(warehouse, run.settings, names)
    for table in load_suites():
        validate_table(warehouse, table)
    return dg.MaterializeResult(metadata={"trackers": len(names)})


def gather_parts(warehouse: Warehouse, settings: Settings, names: Iterable[str]) -> None:
    """Replace the rows that trackers' runs made by those of all parts.

    Raises:
        ReleaseWithheld: a part is missing, or was made in another pass or with other code.
    """
    dictionary = load_dictionary()
    made = {name for name, table in dictionary.tables.items() if table.stage in STAGES} | set(dictionary.working)
    ours = warehouse.rows("from this_pass")
    with warehouse.connect() as connection:
        tables = [name for name in tables_of_trackers(warehouse) if name in made and name not in BEFORE]
        for name in tables:
            connection.execute(f'delete from "{name}"')  # noqa: S608 - names of our own dictionary
        for tracker_id in names:
            part = tracker_warehouse(settings, tracker_id)
            if not is_of_pass(part, ours):
                raise ReleaseWithheld(
                    f"tracker {tracker_id} was not assessed in this pass: materialise its partition, then parts"
                )
            with warehouse.beside(part.path, "part"):
                for name in tables:
                    connection.execute(f'insert into "{name}" by name from part."{name}"')
