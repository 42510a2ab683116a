"""Where state lives and what the environment may change.

Belongs here: paths, environment variables, defaults that are not the catalogue's. Not here: anything about a tracker.

The package's own files (sql, checks, pages) are found by importlib.resources; catalogue and state belong to the project
folder, which is found upwards from the working folder.
"""

import os
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from signposts.errors import InputError

# What must fit on the disk for a run to begin at all.
PROBE_BYTES = 65536
# A folder that holds this file is a project folder.
PROJECT_MARK = Path("catalogue") / "sources.yaml"


def package_folder(name: str) -> Path:
    """Return where the data of one of the package's folders stand: sql, checks, assets or docs."""
    return Path(str(files(f"signposts.{name}")))


@cache
def sql_root() -> Path:
    """Return the folder of the statements."""
    return package_folder("sql")


def code_version() -> str:
    """Return the version of the installed package."""
    return version("signposts")


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths of one installation. Everything that is written lives under ``home``."""

    home: Path
    catalogue_root: Path

    @property
    def archive(self) -> Path:
        """Folder of the publishers' bytes, by content."""
        return self.home / "archive"

    @property
    def warehouse(self) -> Path:
        """Working database: one writer, no readers."""
        return self.home / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """Folder that people read."""
        return self.home / "published"

    @property
    def published_database(self) -> Path:
        """The newest release, for any DuckDB client."""
        return self.published / "signposts.duckdb"

    @property
    def released_database(self) -> Path:
        """The newest release again, for our own reading: nobody who opens the other for writing can lock it."""
        return self.published / "latest" / "signposts.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Folder of Dagster's own storage."""
        return self.home / "dagster"

    @property
    def inbox(self) -> Path:
        """Folder for files dropped by hand."""
        return self.home / "inbox"

    @property
    def desk(self) -> Path:
        """Folder of the leads and of what was read to find them, by line."""
        return self.home / "desk"

    @property
    def cache(self) -> Path:
        """Folder of what can be made again: rendered charts, carried-over checks."""
        return self.home / "cache"

    @property
    def alert_journal(self) -> Path:
        """What has been raised and told, a line an alert and outcome; it outlives releases and the warehouse."""
        return self.home / "alerts.jsonl"

    @property
    def alert_lock(self) -> Path:
        """File whose lock makes a process the only one that tells alerts."""
        return self.home / "alerts.lock"

    @property
    def last_run(self) -> Path:
        """Note of the last run that published: its key and what it showed (run_key.py)."""
        return self.home / "last_run.json"

    @property
    def lock(self) -> Path:
        """File whose lock makes a run the single writer."""
        return self.home / "writer.lock"


def project_folder() -> Path:
    """Return the project folder: SIGNPOSTS_PROJECT, or the nearest folder upwards that holds catalogue/sources.yaml.

    Raises:
        InputError: there is none.
    """
    named = os.environ.get("SIGNPOSTS_PROJECT")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_MARK).is_file():
            return folder
    raise InputError(
        f"no project folder at {here} or above: there is no {PROJECT_MARK}; go into one, name one in "
        "SIGNPOSTS_PROJECT, or make one with `signposts init FOLDER`"
    )


def load_settings() -> Settings:
    """Return the paths that SIGNPOSTS_HOME and SIGNPOSTS_CATALOGUE name, or those of the project folder."""
    home, catalogue = os.environ.get("SIGNPOSTS_HOME"), os.environ.get("SIGNPOSTS_CATALOGUE")
    return Settings(
        home=(Path(home) if home else project_folder() / "var").expanduser().resolve(),
        catalogue_root=(Path(catalogue) if catalogue else project_folder() / "catalogue").expanduser().resolve(),
    )


def source_base_url(source_id: str, default: str) -> str:
    """Return the address of a publisher: SIGNPOSTS_<SOURCE>_URL if set (tests, mirrors), else its own."""
    return os.environ.get(f"SIGNPOSTS_{source_id.upper()}_URL", default).rstrip("/")


def dagster_settings() -> Path:
    """Return the dagster.yaml to use: the one that SIGNPOSTS_DAGSTER_CONFIG names, or the package's own."""
    chosen = os.environ.get("SIGNPOSTS_DAGSTER_CONFIG")
    path = Path(chosen).expanduser().resolve() if chosen else package_folder("assets") / "dagster.yaml"
    if not path.is_file():
        raise InputError(f"SIGNPOSTS_DAGSTER_CONFIG names {path}, which is no file; name a dagster.yaml, or unset it")
    return path


def prepare_home(settings: Settings) -> None:
    """Make the folders of an installation and give Dagster its settings; a folder that cannot be made is named."""
    content = dagster_settings().read_text(encoding="utf-8")
    try:
        for folder in (settings.archive, settings.published, settings.dagster_home, settings.inbox, settings.cache):
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home) as probe:
            probe.write(bytes(PROBE_BYTES))
        target = settings.dagster_home / "dagster.yaml"
        if not target.exists() or target.read_text(encoding="utf-8") != content:
            target.write_text(content, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot write state under {settings.home}: {error.strerror}: {error.filename}; "
            "make room, make it writable, or name another folder in SIGNPOSTS_HOME"
        ) from error
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
