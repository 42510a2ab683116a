"""`signposts init` and `signposts new`: a project folder, and the folder of a tracker in it.

Belongs here: copying the package's scaffolds and examples to a name that is free. Not here: what the files say.
"""

import re
import shutil
from pathlib import Path

import typer

from signposts.catalogue.json_schema import write_schemas
from signposts.errors import InputError
from signposts.settings import load_settings, package_folder

HERE = Path(__file__).resolve().parent
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*$")
# A wheel cannot be relied on to carry names that begin with a dot.
RENAMED = {"gitignore": ".gitignore", "ci.yml": ".github/workflows/signposts.yml"}


def init_project(folder: Path, example: str) -> None:
    """Make a project folder, with a worked example's catalogue if one is named.

    Raises:
        InputError: the folder holds a catalogue already, or there is no such example.
    """
    if (folder / "catalogue").exists():
        raise InputError(f"{folder / 'catalogue'} exists already; choose another folder")
    if example and example not in known_examples():
        raise InputError(f"no example {example!r}; there are {', '.join(known_examples())}")
    for path in sorted((HERE / "project_scaffold").rglob("*")):
        name = str(path.relative_to(HERE / "project_scaffold"))
        target = folder / RENAMED.get(name, name)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    if example:
        worked = package_folder("examples") / example
        shutil.copytree(worked, folder / "catalogue", dirs_exist_ok=True, copy_function=shutil.copyfile)
    write_schemas(folder / "catalogue")
    typer.echo(f"made {folder}")
    typer.echo(f"Next: cd {folder} && signposts {'run' if example else 'new my_tracker'}")


def known_examples() -> list[str]:
    """Return the names of the worked examples that `init` can bring: folders with a sources.yaml."""
    return sorted(path.parent.name for path in package_folder("examples").glob("*/sources.yaml"))


def new_tracker(tracker: str) -> None:
    """Write the folder of a new tracker; a name that is taken or no identifier is refused."""
    if not IDENTIFIER.match(tracker):
        raise InputError(f"{tracker!r} is no identifier; use lower case letters, digits and _, a letter first")
    root = load_settings().catalogue_root
    folder = root / tracker
    if folder.exists():
        raise InputError(f"{folder} exists already; choose another name")
    partial = root / f".{tracker}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(HERE / "tracker_scaffold", partial)
    partial.rename(folder)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            typer.echo(f"written  {path}")
    typer.echo("Next: replace the examples, then `signposts check`.")
