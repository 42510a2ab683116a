"""A new identifier for an indicator in every file of the catalogue that names it.

Belongs here: finding the places and writing the files. Not here: the working database (cli/renaming.py).
"""

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from signposts.catalogue.loading import load_catalogue
from signposts.catalogue.writing import tracker_lock
from signposts.errors import InputError
from signposts.files import write_atomically

NAMING_COLUMNS = ("indicator", "indicator_id", "claim_id", "corrects", "event_key")
FORMULA_PARTS = ("of", "to", "months")


def rename_indicator(root: Path, tracker_id: str, old: str, new: str) -> list[Path]:
    """Rename an indicator, its claims with it, in all files that name it; return the files written.

    The whole is tried on a copy first: what the catalogue's rules refuse changes nothing.

    Raises:
        InputError: there is no such indicator, or the new name is taken or no identifier.
        CatalogueError: the renamed catalogue would have faults.
    """
    folder = root / tracker_id
    if not (folder / "indicators" / f"{old}.yaml").is_file():
        raise InputError(f"no indicator {old!r} in {folder}")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", new):
        raise InputError(f"{new!r} is no identifier; use lower case letters, digits and _, a letter first")
    if any((folder / place / f"{new}.{kind}").exists() for place, kind in (("indicators", "yaml"), ("ledger", "csv"))):
        raise InputError(f"{new!r} is taken; choose another name")
    with tracker_lock(folder), tempfile.TemporaryDirectory(prefix="signposts-rename-") as name:
        trial = Path(name) / "catalogue"
        shutil.copytree(root, trial)
        _write(trial, tracker_id, old, new)
        load_catalogue(trial, [tracker_id])
        return _write(root, tracker_id, old, new)


def _write(root: Path, tracker_id: str, old: str, new: str) -> list[Path]:
    """Write every file that names the indicator anew, and move its own two."""
    written = []
    for path, content in list(_changed_files(root, tracker_id, old, new)):
        is_moved = path.stem == old and path.parent.name in ("indicators", "ledger")
        target = path.with_stem(new) if is_moved else path
        if is_moved or content != path.read_bytes():
            write_atomically(target, content)
            written.append(target)
        if is_moved:
            path.unlink()
    return written


def _changed_files(root: Path, tracker_id: str, old: str, new: str) -> Iterator[tuple[Path, bytes]]:
    """Yield the files that may name the indicator, with their new content."""
    folder = root / tracker_id
    for path in (root / "sources.yaml", folder / "coverage.yaml", *sorted((folder / "indicators").glob("*.yaml"))):
        text = path.read_text(encoding="utf-8")
        places = [] if old not in text else _named_in(yaml.compose(text, Loader=yaml.CSafeLoader), tracker_id, old)
        for node in sorted(places, key=lambda node: -node.start_mark.index):
            text = text[: node.start_mark.index] + new + text[node.end_mark.index :]
        yield path, text.encode()
    for path in sorted(folder.rglob("*.csv")):
        yield path, _renamed_rows(path.read_bytes(), old, new)
    decisions = folder / "decisions.md"
    yield decisions, decisions.read_bytes().replace(f"`{old}`".encode(), f"`{new}`".encode())


def _named_in(node: yaml.Node | None, tracker_id: str, old: str) -> Iterator[yaml.Node]:
    """Yield the nodes that name the indicator: statements' indicators, parts of formulas, feeds of the tracker."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _named_in(item, tracker_id, old)
    if not isinstance(node, yaml.MappingNode):
        return
    entries = {key.value: value for key, value in node.value}
    elsewhere = "tracker" in entries and entries["tracker"].value != tracker_id
    for key, value in entries.items():
        named = [value] if key == "indicator" else value.value if key in ("indicators", *FORMULA_PARTS) else []
        for part in named if isinstance(named, list) else []:
            if isinstance(part, yaml.ScalarNode) and part.value == old and not elsewhere:
                yield part
        yield from _named_in(value, tracker_id, old)


def _renamed_rows(content: bytes, old: str, new: str) -> bytes:
    """Return a CSV file with the indicator and its claims renamed; a file that names neither stays as it is."""
    text = content.decode()
    if old not in text:
        return content
    rows = list(csv.reader(io.StringIO(text, newline="")))
    columns = [place for place, name in enumerate(rows[0]) if name in NAMING_COLUMNS]
    for row in rows[1:]:
        for place in columns:
            if place < len(row):
                row[place] = re.sub(rf"{old}(?=-\d+$|$)", new, row[place]) if row[place].startswith(old) else row[place]
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(rows)
    return out.getvalue().encode()
