"""`signposts watch`: stay warm, and publish whenever catalogue, ledger or inbox changes.

Belongs here: noticing changes of files and running the job in this process. Not here: what the job does.
"""

import time
from importlib import import_module
from pathlib import Path

from assets.cli.running import RunRequest, publish_quietly
from assets.errors import SignpostsError
from assets.settings import Settings, load_settings, prepare_home

POLL_SECONDS = 0.2


def watch_files(once: bool) -> None:
    """Publish after each change until stopped; a broken file is told, and the next change tried again."""
    settings = load_settings()
    prepare_home(settings)
    _warm_up()
    seen = fingerprint(settings)
    print(f"watching {settings.catalogue_root} and {settings.inbox} (stop with Ctrl-C)", flush=True)
    while True:
        time.sleep(POLL_SECONDS)
        now = fingerprint(settings)
        if now == seen:
            continue
        seen = now
        print(publish_after_change(), flush=True)
        if once:
            return


def fingerprint(settings: Settings) -> tuple[tuple[str, int, int], ...]:
    """Return every watched file with its size and time of change."""
    files = [
        path for folder in (settings.catalogue_root, settings.inbox) for path in folder.rglob("*") if path.is_file()
    ]
    found = []
    for path in sorted(files):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        found.append((str(path), status.st_size, status.st_mtime_ns))
    return tuple(found)


def publish_after_change() -> str:
    """Run once without the network and return one line on what came of it."""
    started = time.monotonic()
    try:
        page: Path = publish_quietly(RunRequest(offline=True))
    except SignpostsError as error:
        return f"not published: {error}"
    return f"published {page} in {time.monotonic() - started:.2f} s"


def _warm_up() -> None:
    """Import what a run needs before the first change comes."""
    for name in ("assets.definitions", "assets.report"):
        import_module(name)
