"""Where state lives and what the environment may change.

Belongs here: paths, environment variables, defaults that are not the catalogue's. Not here: anything about a tracker.
"""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from assets.errors import InputError

CHECKOUT = Path(__file__).resolve().parents[1]
SQL_ROOT = CHECKOUT / "sql"
# What must fit on the disk for a run to begin at all.
PROBE_BYTES = 65536
ENGINES = ("duckdb", "spark")
CODE_VERSION = "0.1.0"


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths of one installation. Everything that is written lives under ``home``.

    With ``archive_url`` the publishers' bytes are kept there instead; with ``published_url`` each release is delivered
    there as well, and with ``lake`` its tables are copied to a DuckLake.
    """

    home: Path
    catalogue_root: Path
    archive_url: str = field(default="", kw_only=True)
    published_url: str = field(default="", kw_only=True)
    lake: str = field(default="", kw_only=True)
    lake_data: str = field(default="", kw_only=True)

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
    def lock(self) -> Path:
        """File whose lock makes a run the single writer."""
        return self.home / "writer.lock"


def load_settings() -> Settings:
    """Return the settings the environment asks for: SIGNPOSTS_HOME and SIGNPOSTS_CATALOGUE, or the checkout's own."""
    return Settings(
        home=Path(os.environ.get("SIGNPOSTS_HOME") or CHECKOUT / "var").expanduser().resolve(),
        catalogue_root=Path(os.environ.get("SIGNPOSTS_CATALOGUE") or CHECKOUT / "catalogue").expanduser().resolve(),
        archive_url=place_elsewhere("SIGNPOSTS_ARCHIVE"),
        published_url=place_elsewhere("SIGNPOSTS_PUBLISHED"),
        lake=os.environ.get("SIGNPOSTS_LAKE", ""),
        lake_data=os.environ.get("SIGNPOSTS_LAKE_DATA", ""),
    )


def place_elsewhere(variable: str) -> str:
    """Return the URL of a place that a variable names, or nothing; what may hold a secret is refused and not shown."""
    url = os.environ.get(variable, "").strip().rstrip("/")
    if not url:
        return ""
    scheme, apart, rest = url.partition("://")
    address = rest.partition("/")[0]
    if not apart or not scheme.isalnum() or "::" in url:
        raise InputError(f"{variable} is no URL of a place; write s3://bucket/prefix or file:///folder, or unset it")
    container = scheme in ("abfs", "abfss") and ":" not in address and rest.count("@") == 1 and "@" in address
    port = address.rpartition(":")[2] if ":" in address else "0"
    if ("@" in rest and not container) or not port.isdecimal() or set("?#") & set(rest):
        raise InputError(
            f"{variable} seems to hold a user, a password or a signature; give a bare {scheme}:// address, and "
            "credentials by the environment (AWS_ACCESS_KEY_ID and the like)"
        )
    if scheme in ("file", "local") and (address or not rest.strip("/")):
        raise InputError(f"{variable} must name a whole path, with three slashes: {scheme}:///folder")
    return url


def source_base_url(source_id: str, default: str) -> str:
    """Return the address of a publisher: SIGNPOSTS_<SOURCE>_URL if set (tests, mirrors), else its own."""
    return os.environ.get(f"SIGNPOSTS_{source_id.upper()}_URL", default).rstrip("/")


def dagster_settings() -> Path:
    """Return the dagster.yaml to use: the one SIGNPOSTS_DAGSTER_CONFIG names, or the checkout's own."""
    chosen = os.environ.get("SIGNPOSTS_DAGSTER_CONFIG")
    path = Path(chosen).expanduser().resolve() if chosen else CHECKOUT / "dagster.yaml"
    if not path.is_file():
        raise InputError(f"SIGNPOSTS_DAGSTER_CONFIG names {path}, which is no file; name a dagster.yaml, or unset it")
    return path


def runs_as_fleet() -> bool:
    """Return whether trackers are assessed side by side in processes of their own: SIGNPOSTS_FLEET, yes or no."""
    word = os.environ.get("SIGNPOSTS_FLEET") or "no"
    if word not in ("yes", "no"):
        raise InputError(f"SIGNPOSTS_FLEET is {word!r}; set it to yes or no")
    return word == "yes"


def heavy_engine() -> str:
    """Return which engine runs the heavy statements: SIGNPOSTS_ENGINE, duckdb or spark."""
    word = os.environ.get("SIGNPOSTS_ENGINE") or ENGINES[0]
    if word not in ENGINES:
        raise InputError(f"SIGNPOSTS_ENGINE is {word!r}; set it to {' or '.join(ENGINES)}")
    return word


def spark_master() -> str:
    """Return the address of Spark's master: SIGNPOSTS_SPARK_MASTER, or every core of this machine."""
    return os.environ.get("SIGNPOSTS_SPARK_MASTER") or "local[*]"


def prepare_home(settings: Settings) -> None:
    """Make the folders of an installation and give Dagster its settings; a folder that cannot be made is named."""
    wanted = dagster_settings().read_text(encoding="utf-8")
    heavy_engine()  # a wrong word is told before any work
    try:
        for folder in (settings.archive, settings.published, settings.dagster_home, settings.inbox, settings.cache):
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home) as probe:
            probe.write(bytes(PROBE_BYTES))
        target = settings.dagster_home / "dagster.yaml"
        if not target.exists() or target.read_text(encoding="utf-8") != wanted:
            target.write_text(wanted, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot write state under {settings.home}: {error.strerror}: {error.filename}; "
            "make room, make it writable, or name another folder in SIGNPOSTS_HOME"
        ) from error
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
