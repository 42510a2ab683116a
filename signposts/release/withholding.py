"""A tracker's fault withholds that tracker and no other: its last good state is released in its place.

Belongs here: which trackers are held back and why, taking them out of a run, and carrying over what the last release
says of them and of those that a run was not asked for. Not here: the checks, or the release itself.
"""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from signposts.catalogue import Catalogue, load_catalogue
from signposts.catalogue.loading import tracker_folders
from signposts.dictionary import load_dictionary
from signposts.errors import CatalogueError, InputError, WarehouseDamaged, WriterBusy
from signposts.release.latest import latest
from signposts.settings import Settings
from signposts.warehouse import Warehouse, quoted_name

# What stays of a tracker that is taken out of a run: what was ever recorded or rejected.
MEMORY = ("claim_version", "quarantine", "withheld_tracker")
# What a release says of itself; nothing of it is said again by the next one.
OWN_TO_A_RELEASE = ("change", "alert", "release_note")
# Faults of the machine, which no tracker is to blame for.
MACHINE_FAULTS = (OSError, MemoryError, WarehouseDamaged, WriterBusy)


def load_sound_catalogue(root: Path, trackers: Collection[str] = ()) -> tuple[Catalogue, dict[str, str]]:
    """Return the catalogue of the trackers without faults, and what is wrong with each of the others.

    Raises:
        CatalogueError: the only tracker, or all of them, or sources.yaml have faults.
    """
    try:
        return load_catalogue(root, tuple(trackers), drafts=False), {}
    except CatalogueError as error:
        names = [folder.name for folder in tracker_folders(root, tuple(trackers))]
        faults = {name: fault for name in names if (fault := _faults_alone(root, name))}
        sound = tuple(name for name in names if name not in faults)
        if not sound or not faults:
            raise
        del error
        return load_catalogue(root, sound, drafts=False), faults


def _faults_alone(root: Path, tracker_id: str) -> str:
    """Return the faults of one tracker read alone; empty if it has none."""
    try:
        load_catalogue(root, (tracker_id,))
    except CatalogueError as error:
        return str(error)
    return ""


def begin_run(warehouse: Warehouse, faults: Mapping[str, str]) -> None:
    """Begin a run with the trackers whose files are at fault held back, and no others."""
    warehouse.write_rows("withheld_tracker", [{"tracker_id": name, "reason": text} for name, text in faults.items()])


def withhold(warehouse: Warehouse, tracker_id: str, reason: str) -> None:
    """Take a tracker out of a run: its rows go from every table but those that are never rebuilt."""
    dictionary = load_dictionary()
    titles = warehouse.rows("select title from tracker where tracker_id = $tracker", tracker=tracker_id)
    row = {"tracker_id": tracker_id, "title": titles[0]["title"] if titles else tracker_id, "reason": reason}
    warehouse.replace_rows("withheld_tracker", [row], tracker_id=tracker_id)
    for name, table in {**dictionary.tables, **dictionary.working}.items():
        if "tracker_id" in table.columns and name not in MEMORY:
            warehouse.replace_rows(name, [], tracker_id=tracker_id)


def present_trackers(warehouse: Warehouse) -> list[str]:
    """Return the trackers that a run works on."""
    return [row["tracker_id"] for row in warehouse.rows("select tracker_id from tracker order by tracker_id")]


def withhold_at_fault(warehouse: Warehouse, reasons: Mapping[str, str]) -> bool:
    """Take the trackers at fault out of the run; return False, and change nothing, if none would be left."""
    if not set(present_trackers(warehouse)) - set(reasons):
        return False
    for tracker_id, reason in reasons.items():
        withhold(warehouse, tracker_id, reason)
    return True


def isolate_faults(warehouse: Warehouse, step: str, work: Callable[[], None]) -> None:
    """Do a step's work; where it fails, find the trackers it fails on, hold them back and do it for the others.

    Each tracker is tried alone in a schema of its own, which is dropped afterwards. What fails on all of them, or on
    none alone, is nobody's fault in particular and is raised as it came.
    """
    try:
        work()
    except MACHINE_FAULTS:
        raise
    except Exception:
        failures = {name: _failure_alone(warehouse, name, work) for name in present_trackers(warehouse)}
        reasons = {name: f"{step}: {text}" for name, text in failures.items() if text}
        if not reasons or not withhold_at_fault(warehouse, reasons):
            raise
        work()


def _failure_alone(warehouse: Warehouse, tracker_id: str, work: Callable[[], None]) -> str:
    """Return how a step fails on one tracker alone; empty if it does not."""
    rows = warehouse.rows("from tracker where tracker_id = $tracker", tracker=tracker_id)
    with warehouse.aside("alone"):
        warehouse.write_rows("tracker", rows)
        try:
            work()
        except MACHINE_FAULTS:
            raise
        except InputError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it names the tracker that it happens on
            return f"{type(error).__name__}: {error}"
    return ""


def carry_over(warehouse: Warehouse, settings: Settings) -> list[str]:
    """Put what the last release says of the trackers that this run did not make in their place; return their names.

    They are those held back and those that the run was not asked for, as long as the catalogue still has their folders
    and they are no drafts.
    """
    release = latest(settings)
    if release is None:
        return []
    with release.connect():
        released = {row["tracker_id"]: row for row in release.rows("from tracker")}
        kept = {folder.name for folder in tracker_folders(settings.catalogue_root, ())}
        missing = sorted(released.keys() & kept - set(present_trackers(warehouse)))
        missing = [name for name in missing if not _is_draft(settings.catalogue_root, name)]
        for tracker_id in missing:
            _carry_tracker(warehouse, release, tracker_id)
    rows = warehouse.rows("from withheld_tracker")
    for row in rows:
        if row["tracker_id"] in missing:
            last = released[row["tracker_id"]]
            row |= {"title": last["title"], "last_good_release": last["release_id"]}
        row["title"] = row["title"] or row["tracker_id"]
    warehouse.write_rows("withheld_tracker", rows)
    return missing


def _is_draft(root: Path, tracker_id: str) -> bool:
    """Return whether a tracker is a draft now; one whose files are at fault is taken for what it was."""
    try:
        return load_catalogue(root, (tracker_id,)).trackers[0].settings.draft
    except CatalogueError:
        return False


def _carry_tracker(warehouse: Warehouse, release: Warehouse, tracker_id: str) -> None:
    """Copy one tracker's rows of every published table; a column that the last release lacks is null."""
    described = "select table_name from duckdb_columns() where column_name = 'tracker_id' and schema_name = 'main'"
    there = {row["table_name"] for row in release.rows(described)}
    for name, table in load_dictionary().tables.items():
        if name in there and "tracker_id" in table.columns and name not in (*OWN_TO_A_RELEASE, *MEMORY):
            rows = release.rows(f"select * from {quoted_name(name)} where tracker_id = $tracker", tracker=tracker_id)  # noqa: S608 - names of the dictionary
            kept = [{column: row[column] for column in table.columns if column in row} for row in rows]
            warehouse.replace_rows(name, kept, tracker_id=tracker_id)
