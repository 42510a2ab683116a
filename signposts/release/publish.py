"""One release: named, assembled aside, described, and put in place whole or not at all.

Belongs here: the order of these, and when a release is withheld. Not here: how each is done.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from signposts.dictionary import load_dictionary
from signposts.errors import InputError, ReleaseWithheld
from signposts.release.checksums import write_checksums
from signposts.release.database import assemble
from signposts.release.directory import (
    DATABASE,
    drop_oldest,
    folder_in_making,
    keep_release,
    kept_releases,
    show_release,
)
from signposts.release.export import describe, export
from signposts.release.withholding import carry_over
from signposts.run_key import code_identity, digest_of_files
from signposts.settings import Settings, package_folder
from signposts.warehouse import Warehouse, disk_faults, load_sql, open_locked

DEFAULT_KEEP = 30
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
# The figures: a digest over these tables is the second half of a release's name, so equal figures can be seen by eye.
CONTENT = (
    "tracker",
    "scenario",
    "hypothesis",
    "indicator",
    "prediction",
    "claim",
    "reading",
    "log_ratio",
    "scenario_probability",
    "assessment",
)


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: its name, where it is kept, whether readers see it, and each table's number of rows."""

    release_id: str
    folder: Path
    shown: bool
    rows: Mapping[str, int]


def publish_release(
    warehouse: Warehouse, settings: Settings, *, as_of: date, now: datetime, with_report: bool = True
) -> Published:
    """Publish the warehouse's tables as one release and return it.

    Raises ReleaseWithheld, with the last release still in place, if a critical check failed or the disk refuses. A
    release of an earlier as-of date than the one that readers see is kept but not shown.
    """
    keep = releases_to_keep()
    try:
        with warehouse.connect(), disk_faults():
            warehouse.ensure_tables()
            refuse_critical_failures(warehouse)
            return _publish(warehouse, settings, as_of, now.astimezone(UTC).replace(tzinfo=None), keep, with_report)
    except OSError as error:
        raise ReleaseWithheld(
            f"the release could not be written: {error}; make room or mend {settings.published} and run again; "
            "the last release stays in place"
        ) from error


def _publish(
    warehouse: Warehouse, settings: Settings, as_of: date, created_at: datetime, keep: int, with_report: bool
) -> Published:
    """Make the release aside, keep it, show it unless it looks back, and drop the oldest."""
    published = settings.published
    carry_over(warehouse, settings)
    earlier = earlier_releases(settings)
    before = kept_releases(published)
    release_id = name_release(warehouse, created_at, before)
    shared = digest_of_files(settings.catalogue_root, settings.catalogue_root.glob("*.yaml"))
    write_release_table(warehouse, earlier, release_id, created_at, as_of, shared)
    write_release_notes(warehouse, settings, release_id)
    with folder_in_making(published, release_id) as folder:
        rows = make_folder(warehouse, folder, settings.cache, release_id, created_at, with_report, before[-keep + 1 :])
        kept = keep_release(folder, published, release_id)
    shown = not earlier or as_of >= max(row["as_of"] for row in earlier)
    if shown:
        show_release(published, release_id)
    drop_oldest(published, keep)
    return Published(release_id, kept, shown, rows)


def make_folder(
    warehouse: Warehouse,
    folder: Path,
    cache: Path,
    release_id: str,
    created_at: datetime,
    with_report: bool,
    kept: list[str],
) -> dict[str, int]:
    """Write everything that a release holds into a folder; return each table's number of rows."""
    dictionary = load_dictionary()
    rows = assemble(warehouse, folder / DATABASE, release_id, dictionary)
    database = Warehouse(folder / DATABASE, read_only=True)
    with database.connect():
        export(database, folder, dictionary)
        describe(folder, dictionary, release_id, created_at, database.rows("from source order by source_id"))
        if with_report:
            write_report(database, folder / "report", cache, list(dictionary.tables), kept)
    write_checksums(folder)
    return rows


def refuse_critical_failures(warehouse: Warehouse) -> None:
    """Raise ReleaseWithheld, naming them, if critical checks failed."""
    failed = warehouse.rows(load_sql("publish/critical_failure"))
    if failed:
        named = "; ".join(failed_check_sentence(row) for row in failed)
        raise ReleaseWithheld(f"{len(failed)} critical checks failed, so the last release stays: {named}")


def failed_check_sentence(row: Mapping[str, Any]) -> str:
    """Return a row of check_result that failed as a sentence: table, expectation, how many rows, the first one."""
    first: dict[str, Any] = next(iter(json.loads(row.get("first_rows") or "[]")), {})
    named = f", the first {', '.join(f'{name} {value}' for name, value in first.items() if value is not None)}"
    count = "1 row fails" if row["failing_rows"] == 1 else f"{row['failing_rows']} rows fail"
    rows = f" {count}{named if first else ''}."
    return f"table {row['target']}, {row['check_name']}: {row['detail']}{rows}"


def releases_to_keep() -> int:
    """Return how many releases are kept: SIGNPOSTS_KEEP_RELEASES, a whole number of at least 1, or thirty."""
    text = os.environ.get("SIGNPOSTS_KEEP_RELEASES") or str(DEFAULT_KEEP)
    if not text.isdecimal() or int(text) < 1:
        raise InputError(f"SIGNPOSTS_KEEP_RELEASES is {text!r}; set it to a whole number of at least 1")
    return int(text)


def earlier_releases(settings: Settings) -> list[dict[str, Any]]:
    """Return the rows of the table release in the file that readers see now; none before the first release."""
    database = settings.released_database
    if not database.exists():
        return []
    columns = ", ".join(load_dictionary().tables["release"].columns)
    try:
        with open_locked(database) as connection:
            result = connection.execute(f"select {columns} from release order by release_id")  # noqa: S608 - names of the dictionary
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    except InputError as error:
        raise ReleaseWithheld(f"the last release cannot be read: {error}; move {database.parent} away") from error


def name_release(warehouse: Warehouse, created_at: datetime, kept: list[str]) -> str:
    """Return a name that sorts after those kept: the time in UTC, and eight digits of a digest over the figures."""
    digest = hashlib.sha256("".join(warehouse.fingerprint(table) for table in CONTENT).encode()).hexdigest()[:8]
    time = created_at.replace(microsecond=0)
    if kept:
        newest = datetime.strptime(kept[-1].split("-")[0], TIME_FORMAT)  # noqa: DTZ007 - times are in UTC throughout
        time = max(time, newest + timedelta(seconds=1))
    return f"{time.strftime(TIME_FORMAT)}-{digest}"


def write_release_table(
    warehouse: Warehouse,
    earlier: list[dict[str, Any]],
    release_id: str,
    created_at: datetime,
    as_of: date,
    shared_sha256: str,
) -> None:
    """Make the table release: this one and those before it; the digest is that of the files that trackers share."""
    warehouse.write_rows("release", earlier)
    warehouse.build_table(
        "publish/release",
        release_id=release_id,
        created_at=created_at,
        as_of=as_of,
        code_version=code_identity(),
        shared_sha256=shared_sha256,
    )


def write_release_notes(warehouse: Warehouse, settings: Settings, release_id: str) -> None:
    """Make the table release_note: what is news in this release, after the notes of those before."""
    from signposts import report

    before: dict[str, list[dict[str, Any]]] = {}
    earlier: list[dict[str, Any]] = []
    dictionary = load_dictionary()
    if settings.released_database.exists():
        released = Warehouse(settings.released_database, read_only=True)
        with released.connect():
            before = {name: released.rows(statement) for name, statement in report.news_before().items()}
            if released.has_table("release_note"):
                columns = ", ".join(dictionary.tables["release_note"].columns)
                earlier = released.rows(f"select {columns} from release_note order by all")  # noqa: S608 - names of the dictionary
    statements = report.statements(name for name in dictionary.tables if name != "release_note")
    tables = {name: warehouse.rows(statement) for name, statement in statements.items()}
    tables["tracker"] = [row | {"release_id": release_id} for row in tables["tracker"]]
    warehouse.write_rows("release_note", earlier + report.release_news(tables, before))


def write_report(database: Warehouse, folder: Path, cache: Path, tables: list[str], kept: list[str]) -> None:
    """Write the report's pages from the release's own tables."""
    from signposts import report

    folder.mkdir()
    cache.mkdir(parents=True, exist_ok=True)
    report.build(
        {name: database.rows(statement) for name, statement in report.statements(tables).items()},
        folder,
        cache,
        _page("method.md"),
        _page("calibration.md"),
        address=os.environ.get("SIGNPOSTS_REPORT_URL", ""),
        kept=kept,
    )


def _page(name: str) -> str:
    """Return the text of a page of docs/, or nothing where the code stands without them."""
    path = package_folder("docs") / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
