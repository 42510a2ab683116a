"""YAML and CSV files as data that remember their lines.

Belongs here: decoding, syntax, duplicate keys, header and number of fields, and the line of a key. Not here: what the
keys mean.
"""

import codecs
import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from signposts.catalogue.faults import FaultList
from signposts.catalogue.fields import UNFIT

# No file of a catalogue comes near these; beyond them a file is a slip or an attack.
MOST_BYTES = 20_000_000
MOST_NODES = 300_000
DEEPEST = 40

# libyaml parses some ten times faster, but PyYAML can be installed without it.
ParserBase: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DocumentParser(ParserBase):  # type: ignore[misc]
    """Safe YAML whose node tree is kept, so that a key's line is known."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its data and the node tree that knows the lines."""

    path: Path
    data: Any
    node: yaml.Node | None

    def line(self, *location: object) -> int:
        """Return the line of the key or item at a location, or of the nearest parent that stands in the file."""
        return line_at(self.node, location)


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a CSV file: the line it starts on and its fields that are not empty."""

    line: int
    fields: dict[str, str]


def line_at(node: yaml.Node | None, location: Sequence[object]) -> int:
    """Return the line of a location below a node; parts that are not in the file (tags of a union) are passed over."""
    if node is None:
        return 1
    line = node.start_mark.line + 1
    for part in location:
        child = child_of(node, part)
        if child is not None:
            line, node = child
    return line


def child_of(node: yaml.Node, part: object) -> tuple[int, yaml.Node] | None:
    """Return the line and node of a key or item directly below a node; None if there is none."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line + 1, item
    return None


def read_text(path: Path, faults: FaultList) -> str | None:
    """Return the text of a file; a file that is missing, empty or not plain UTF-8 is refused and gives None."""
    try:
        size, content = path.stat().st_size, b""
        if size <= MOST_BYTES:
            content = path.read_bytes()
    except OSError as error:
        faults.refuse(path, 1, path.name, error.strerror or "cannot be read", "write it, or make it readable")
        return None
    if size > MOST_BYTES:
        why = f"no file here is larger than {MOST_BYTES:,}"
        faults.refuse(path, 1, f"{size:,} bytes", why, "take out what is not data")
        return None
    if content.startswith(codecs.BOM_UTF8):
        why, mend = "the first name would not be recognised", "save as UTF-8 without a byte order mark"
        faults.refuse(path, 1, "byte order mark", why, mend)
        return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.refuse(path, line, f"byte {content[error.start]:#04x}", "the file is not UTF-8", "save it as UTF-8")
        return None
    if not text.strip():
        faults.refuse(path, 1, path.name, "the file is empty", "fill it in or delete it")
        return None
    unfit = UNFIT.search(text)
    if unfit:
        refuse_character(path, text.count("\n", 0, unfit.start()) + 1, unfit[0], faults)
        return None
    return text


def refuse_character(path: Path, line: int, character: str, faults: FaultList) -> None:
    """Refuse a character that cannot be stored and shown."""
    what = f"character U+{ord(character):04X}"
    faults.refuse(path, line, what, "it cannot be shown, or changes what is shown", "write the line again without it")


def read_document(path: Path, faults: FaultList) -> Document | None:
    """Return a YAML file; one that breaks the syntax or is not sound is refused and gives None."""
    text = read_text(path, faults)
    if text is None:
        return None
    parser = DocumentParser(text)
    try:
        node = parser.get_single_node()
        if node is None:
            faults.refuse(path, 1, path.name, "the file holds only comments", "fill it in or delete it")
            return None
        if not is_sound(path, node, faults):
            return None
        data = parser.construct_document(node)
    except RecursionError:
        faults.refuse(path, 1, "nesting", f"deeper than {DEEPEST} levels", "write it flatter")
        return None
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        why = str(problem or str(error).splitlines()[0])
        mend = "check indentation, colons and quotes on this line and the one above"
        if "nesting depth" in why:  # the parser's own bound, since libyaml 0.2.6
            why, mend = f"deeper than {DEEPEST} levels", "write it flatter"
        faults.refuse(path, mark.line + 1 if mark else 1, "YAML", why, mend)
        return None
    except ValueError as error:  # 2025-02-30 looks like a date to YAML and is none
        faults.refuse(path, impossible_date_line(text), "date", str(error), "write a day that exists, as 2026-11-23")
        return None
    finally:
        parser.dispose()
    return Document(path, data, node)


def impossible_date_line(text: str) -> int:
    """Return the first line that holds a date which does not exist."""
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            yaml.safe_load(line.strip().removeprefix("- "))
        except ValueError:
            return number
        except yaml.YAMLError:
            continue
    return 1


def is_sound(path: Path, root: yaml.Node, faults: FaultList) -> bool:
    """Return whether a file has no key twice, no unfit character, and is neither too deep nor too large.

    Aliases count as often as they are used. What is wrong is refused at its line.
    """
    before, waiting, seen = len(faults.faults), [(root, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MOST_NODES or depth > DEEPEST:
            why = f"more than {MOST_NODES:,} values, aliases counted, or deeper than {DEEPEST} levels"
            faults.refuse(path, node.start_mark.line + 1, "size", why, "write it flatter, and without aliases")
            return False
        if isinstance(node, yaml.MappingNode):
            first: dict[str, int] = {}
            for key, _ in node.value:
                line, name = key.start_mark.line + 1, key.value
                if isinstance(name, str) and name in first:
                    why = f"the key stands already on line {first[name]}"
                    faults.refuse(path, line, name, why, "keep one of the two")
                elif isinstance(name, str):
                    first[name] = line
            waiting += [(child, depth + 1) for pair in node.value for child in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(child, depth + 1) for child in node.value]
        elif unfit := UNFIT.search(node.value):
            refuse_character(path, node.start_mark.line + 1, unfit[0], faults)
    return len(faults.faults) == before


def read_rows(
    path: Path, columns: Sequence[str], faults: FaultList, earlier_widths: Sequence[int] = ()
) -> tuple[str, list[CsvRow]] | None:
    """Return SHA-256 and rows of a CSV file with exactly these columns; None if it cannot be read at all.

    The whole file, or a row of it, may have only as many of the columns as there were at an earlier time.
    """
    text = read_text(path, faults)
    if text is None:
        return None
    sha256 = hashlib.sha256(text.encode("utf-8")).hexdigest()
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    rows: list[CsvRow] = []
    try:
        header = next(reader)
        lengths = (len(columns), *earlier_widths)
        if header not in [list(columns[:length]) for length in lengths]:
            pairs = zip_longest(header, columns, fillvalue="nothing")
            given, expected = next((one, other) for one, other in pairs if one != other)
            mend = f"begin with: {','.join(columns)}"
            faults.refuse(path, 1, f"header {given!r}", f"the column here is {expected!r}", mend)
            return None
        line = reader.line_num + 1
        for values in reader:
            if len(values) in lengths:
                named = zip(columns[: len(values)], values, strict=True)
                rows.append(CsvRow(line, {name: value for name, value in named if value}))
            elif values:
                mend = "put text that holds a comma in double quotes, and keep the empty fields"
                faults.refuse(path, line, f"{len(values)} fields", f"the header has {len(columns)}", mend)
            line = reader.line_num + 1
    except csv.Error as error:
        faults.refuse(path, reader.line_num, "CSV", str(error), 'close the quotes; write a quote inside text as ""')
    return sha256, rows
