"""One pass of the fleet, in files: what is handed to the trackers, and the part that each of them hands back.

Belongs here: which tables go over, the folders, and that a folder is there whole or not at all. Not here: Dagster.

fleet/
    passes/<number>/          what was gathered and merged, as Parquet, with pass.json; written under the writer's lock
    trackers/<tracker_id>/    a home of the tracker's own: its warehouse, its lock
        parts/<number>/       what its run made of that pass, as Parquet; written under the tracker's lock
No two processes write the same file: a pass has the one writer of the installation, a part the one of its tracker.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from assets.dictionary import Column, load_dictionary
from assets.errors import ReleaseWithheld
from assets.settings import Settings
from assets.unchanged import MODELLED, code_digest, state_key
from assets.warehouse import Warehouse

# What a tracker's run reads: the model, what is known, and when which source was last looked at.
HANDED_OVER = (*MODELLED, "project", "source", "fetch", "claim")
# What is made of all trackers at once, after the parts have come back.
MADE_OF_ALL = ("claim", "freshness")
# What the steps of a tracker's run remember; in the shared warehouse it would speak of tables that parts replaced.
REMEMBERED = (
    "readings",
    "unchanged_report",
    "odds",
    "verdicts",
    "fan",
    "diagnosticity",
    "outlook",
    "foresight",
    "backtest",
)
KEEP_PASSES = 2
SCRAP = ".unfinished-"
PARQUET = "format parquet, compression zstd"


@dataclass(frozen=True, slots=True)
class Pass:
    """What every part of one pass has in common."""

    number: int
    started_at: str
    as_of: str
    offline: bool
    last_release: str
    trackers: tuple[str, ...]
    code: str
    state: str

    @property
    def name(self) -> str:
        """Return the name of its folders, which sort as they came."""
        return f"{self.number:08d}"


@dataclass(frozen=True, slots=True)
class TrackerSettings(Settings):
    """Paths of one tracker's share: a home of its own, and the release that the whole pass compares itself with."""

    compared_with: Path

    @property
    def released_database(self) -> Path:
        """The release that readers saw when the pass began, whatever has been published since."""
        return self.compared_with


@cache
def made_by_trackers() -> tuple[str, ...]:
    """Return the tables that a tracker's run makes and the release, its checks and its alerts read."""
    tables = load_dictionary().tables.items()
    made = tuple(name for name, table in tables if table.stage in ("observe", "assess") and name not in MADE_OF_ALL)
    return (*made, "unchanged_report")


def pass_folder(settings: Settings, name: str) -> Path:
    """Return where a pass's tables are."""
    return settings.home / "fleet" / "passes" / name


def part_folder(settings: Settings, tracker_id: str, name: str) -> Path:
    """Return where a tracker's part of a pass is."""
    return settings.home / "fleet" / "trackers" / tracker_id / "parts" / name


def tracker_settings(settings: Settings, passed: Pass, tracker_id: str) -> TrackerSettings:
    """Return the paths of one tracker's share of a pass."""
    released = settings.published / "releases" / passed.last_release / "signposts.duckdb"
    return TrackerSettings(
        home=settings.home / "fleet" / "trackers" / tracker_id,
        catalogue_root=settings.catalogue_root,
        compared_with=released if passed.last_release else settings.home / "fleet" / "no release yet",
    )


# ---- handing over


def hand_over(warehouse: Warehouse, settings: Settings, as_of: date, now: datetime, *, offline: bool) -> Pass:
    """Write what the trackers' runs read as the next pass, and return it; older passes are swept away."""
    released = settings.released_database
    last = newest_pass(settings)
    with warehouse.connect():
        passed = Pass(
            number=last.number + 1 if last else 1,
            started_at=now.isoformat(),
            as_of=as_of.isoformat(),
            offline=offline,
            last_release=released.resolve().parent.name if released.exists() else "",
            trackers=tuple(str(row["tracker_id"]) for row in warehouse.rows("from tracker order by tracker_id")),
            code=code_digest(),
            state=state_key(warehouse, HANDED_OVER),
        )
        with made_whole(pass_folder(settings, passed.name)) as folder:
            for name in HANDED_OVER:
                warehouse.copy_out(in_order(name), folder / f"{name}.parquet", PARQUET)
            (folder / "pass.json").write_text(json.dumps(asdict(passed), indent=1) + "\n", encoding="utf-8")
    keep_newest(pass_folder(settings, passed.name).parent)
    return passed


def in_order(table: str) -> str:
    """Return the statement that reads a table tracker by tracker, so that a reader of one skips the others.

    JSON goes over as text: loading gives each column its type of the dictionary again.
    """
    columns = ", ".join(
        f'cast("{name}" as varchar) as "{name}"' if column.type == "json" else f'"{name}"'
        for name, column in columns_of(table).items()
    )
    order = "order by tracker_id" if "tracker_id" in columns_of(table) else ""
    return f'select {columns} from "{table}" {order}'  # noqa: S608 - names of our own dictionary


def columns_of(table: str) -> Mapping[str, Column]:
    """Return the columns of a published or working table."""
    dictionary = load_dictionary()
    return (dictionary.tables.get(table) or dictionary.working[table]).columns


def newest_pass(settings: Settings) -> Pass | None:
    """Return the pass that began last; nothing before the first."""
    folder = settings.home / "fleet" / "passes"
    names = sorted(path.parent.name for path in folder.glob("*/pass.json") if not path.parent.name.startswith(SCRAP))
    if not names:
        return None
    found = json.loads((folder / names[-1] / "pass.json").read_text(encoding="utf-8"))
    return Pass(**{**found, "trackers": tuple(found["trackers"])})


def take_over(warehouse: Warehouse, folder: Path, tracker_id: str) -> None:
    """Load a tracker's rows of a pass into its own warehouse."""
    for name in HANDED_OVER:
        own = {"tracker_id": tracker_id} if "tracker_id" in columns_of(name) else {}
        warehouse.load_parquet(name, [folder / f"{name}.parquet"], **own)


# ---- handing back


def write_part(warehouse: Warehouse, settings: Settings, passed: Pass, tracker_id: str) -> dict[str, int]:
    """Write what a tracker's run made as its part of a pass; return each table's number of rows."""
    folder = part_folder(settings, tracker_id, passed.name)
    with made_whole(folder) as making:
        for name in made_by_trackers():
            warehouse.copy_out(in_order(name), making / f"{name}.parquet", PARQUET)
        made_with = {"code": code_digest(), "process": os.getpid()}
        (making / "part.json").write_text(json.dumps(made_with) + "\n", encoding="utf-8")
    keep_newest(folder.parent)
    return {name: warehouse.count(name) for name in made_by_trackers()}


def missing_parts(settings: Settings, passed: Pass) -> list[str]:
    """Return the trackers whose part of a pass is not there."""
    return [name for name in passed.trackers if not (part_folder(settings, name, passed.name) / "part.json").exists()]


def refuse_mixture(warehouse: Warehouse, settings: Settings, passed: Pass) -> None:
    """Raise ReleaseWithheld unless all parts are there, of today's code, and of what the warehouse still holds."""
    missing = missing_parts(settings, passed)
    if missing:
        raise ReleaseWithheld(
            f"pass {passed.number} lacks the parts of {len(missing)} trackers: {', '.join(missing[:5])}"
            f"{' and more' if len(missing) > 5 else ''}; run assess_trackers for them, then publish_fleet again"
        )
    parts = [part_folder(settings, name, passed.name) / "part.json" for name in passed.trackers]
    codes = {passed.code, code_digest(), *(json.loads(part.read_text(encoding="utf-8"))["code"] for part in parts)}
    if len(codes) > 1:
        raise ReleaseWithheld(f"pass {passed.number} was made with different versions of the code; run gather_fleet")
    shown = settings.released_database
    last_release = shown.resolve().parent.name if shown.exists() else ""
    if last_release != passed.last_release or state_key(warehouse, HANDED_OVER) != passed.state:
        raise ReleaseWithheld(f"another run has written since pass {passed.number} began; run gather_fleet")


def gather_parts(warehouse: Warehouse, settings: Settings, passed: Pass) -> dict[str, int]:
    """Replace the tables that the trackers' runs made by all parts of a pass; return each one's number of rows."""
    folders = [part_folder(settings, tracker_id, passed.name) for tracker_id in passed.trackers]
    with warehouse.transaction():
        rows = {
            name: warehouse.load_parquet(name, [folder / f"{name}.parquet" for folder in folders])
            for name in made_by_trackers()
        }
        for name in REMEMBERED:
            warehouse.forget(name)
    return rows


# ---- what has been published


def mark_published(settings: Settings, passed: Pass, release_id: str) -> None:
    """Note that a pass ended in a release."""
    (pass_folder(settings, passed.name) / "released").write_text(f"{release_id}\n", encoding="utf-8")


def is_published(settings: Settings, passed: Pass) -> bool:
    """Return whether a pass ended in a release."""
    return (pass_folder(settings, passed.name) / "released").exists()


# ---- folders


@contextmanager
def made_whole(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that takes its name when the block has ended well; scraps of killed runs go first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for scrap in folder.parent.glob(f"{SCRAP}*"):
        shutil.rmtree(scrap)
    making = folder.with_name(f"{SCRAP}{folder.name}")
    making.mkdir()
    yield making
    if folder.exists():
        folder.rename(folder.with_name(f"{SCRAP}replaced-{folder.name}"))
    making.rename(folder)


def keep_newest(folder: Path) -> None:
    """Remove all but the newest passes or parts."""
    for old in sorted(path for path in folder.iterdir() if not path.name.startswith("."))[:-KEEP_PASSES]:
        shutil.rmtree(old)
