"""`signposts watch`: stay warm, and preview and publish whenever catalogue, ledger or inbox changes.

Belongs here: noticing changes of files and running the job in this process. Not here: what the job does.
"""

import signal
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from signposts.cli.ledger_memory import vanished_lines
from signposts.cli.preview import preview
from signposts.cli.running import RunRequest, publish_quietly
from signposts.errors import SignpostsError
from signposts.settings import Settings, load_settings, prepare_home

POLL_SECONDS = 0.2
WARM = ("signposts.assets.definitions", "signposts.assess.tables", "signposts.report.site", "great_expectations")

Stand = Mapping[Path, tuple[int, int]]


def watch_files(once: bool) -> None:
    """Publish after each change until stopped; a broken file is told, and the next change tried again."""
    settings = load_settings()
    prepare_home(settings)
    be_stoppable()
    for name in WARM:
        import_module(name)
    seen = stand_of_files(settings)
    print(f"watching {settings.catalogue_root} and {settings.inbox} (stop with Ctrl-C)", flush=True)
    try:
        while True:
            time.sleep(POLL_SECONDS)
            now = stand_of_files(settings)
            if now == seen:
                continue
            changed, seen = changes(seen, now), now
            published = publish_after(changed)
            if once and published:
                return
    except KeyboardInterrupt:
        print("stopped", flush=True)


def be_stoppable() -> None:
    """Let both signals stop the command also where it was started in the background, as one that ignores Ctrl-C.

    After a run Dagster gives the signal that ends a process whatever handler Ctrl-C had: none could stop it then.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def stand_of_files(settings: Settings) -> Stand:
    """Return every watched file with its size and time of change; names that begin with a dot are nobody's input."""
    stand = {}
    for folder in (settings.catalogue_root, settings.inbox):
        for path in sorted(folder.rglob("*")):
            if any(part.startswith(".") for part in path.relative_to(folder).parts):
                continue
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if path.is_file():
                stand[path] = (status.st_size, status.st_mtime_ns)
    return stand


def changes(before: Stand, after: Stand) -> list[Path]:
    """Return the files that are new, gone or different."""
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


def publish_after(changed: list[Path]) -> bool:
    """Print what the change does to the odds, then run once without the network; return whether a release was made.

    The preview is there in a fraction of the time that the whole release takes.
    """
    started = time.monotonic()
    more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
    what = f"{changed[0].name}{more}"
    try:
        preview()
        print(f"{what}: previewed in {time.monotonic() - started:.2f} s; the release follows", flush=True)
        page = publish_quietly(RunRequest(offline=True))
    except SignpostsError as error:
        print(f"{what}: not published: {error}", flush=True)
        return False
    print(f"{what}: published in {time.monotonic() - started:.2f} s: {page}", flush=True)
    for line in vanished_lines(load_settings()):
        print(f"warning: {line}", flush=True)
    return True
