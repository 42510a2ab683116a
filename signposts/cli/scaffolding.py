"""`signposts new`: the folder of a tracker to come, with comments where a person has to decide.

Belongs here: copying scaffold/ to a name that is free. Not here: what the files say, which stands in scaffold/.
"""

import re
import shutil
from pathlib import Path

import typer

from signposts.errors import InputError
from signposts.settings import load_settings

SCAFFOLD = Path(__file__).resolve().parent / "scaffold"
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*$")


def scaffold(tracker: str) -> None:
    """Write the folder of a new tracker; a name that is taken or no identifier is refused."""
    if not IDENTIFIER.match(tracker):
        raise InputError(f"{tracker!r} is no identifier; use lower case letters, digits and _, a letter first")
    root = load_settings().catalogue_root
    folder = root / tracker
    if folder.exists():
        raise InputError(f"{folder} exists already; choose another name")
    partial = root / f".{tracker}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(SCAFFOLD, partial)
    partial.rename(folder)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            typer.echo(f"written  {path}")
    typer.echo("Next: replace the examples, then `signposts check`.")
