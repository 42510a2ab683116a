"""The desk's example: a copy of the shipped catalogue with some claims held back, and 38 leads to find them again.

Belongs here: making the copy and reading its feeds over HTTP on this machine. Not here: what the leads say
(examples/desk).
"""

import csv
import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import typer
import yaml

from signposts.catalogue import load_catalogue
from signposts.errors import InputError
from signposts.settings import Settings, load_settings, package_folder, prepare_home

TRACKER = "russia_iran"
FOLDER = "desk-example"


class QuietFiles(SimpleHTTPRequestHandler):
    """Serves the example's feeds and says nothing."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Stay quiet."""


def make_example() -> Settings:
    """Make the example's folder anew, read its feeds, and point this process at it.

    Raises:
        InputError: there is no folder to make it in, or the shipped files are incomplete.
    """
    try:
        folder = load_settings().home / FOLDER
    except InputError:
        folder = Path.cwd() / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    source = package_folder("examples")
    catalogue = folder / "catalogue"
    catalogue.mkdir(parents=True)
    worked = source / TRACKER
    for name in ("sources.yaml", "feeds.yaml"):
        shutil.copy(worked / name, catalogue / name)
    shutil.copytree(worked / TRACKER, catalogue / TRACKER)
    (catalogue / TRACKER / "triage.csv").unlink(missing_ok=True)
    hold_back(catalogue / TRACKER, source / "desk" / "held_back.csv")
    settings = Settings(folder / "home", catalogue)
    os.environ.update(SIGNPOSTS_HOME=str(settings.home), SIGNPOSTS_CATALOGUE=str(settings.catalogue_root))
    prepare_home(settings)
    leads = read_example_feeds(settings, source / "desk" / "feeds")
    typer.echo(
        f"The example stands in {folder}: {leads} leads. It is made anew each time; your own files are untouched."
    )
    typer.echo(
        f"To use it with other commands: export SIGNPOSTS_HOME={settings.home} "
        f"SIGNPOSTS_CATALOGUE={settings.catalogue_root}"
    )
    return settings


def hold_back(tracker: Path, list_of_claims: Path) -> None:
    """Take the listed claims out of the copy's ledger and end the copy's searches earlier."""
    held = {row["indicator_id"]: row for row in _rows(list_of_claims)}
    for indicator, row in held.items():
        path = tracker / "ledger" / f"{indicator}.csv"
        claims = _rows(path)
        kept = row["known"].split("|")
        late = set()
        for claim in claims:
            day = claim["happened_from"] or claim["period_end"] or claim["searched_until"] or claim["published_on"]
            if day >= row["claims_from"] and claim["claim_id"] not in kept:
                late.add(claim["claim_id"])
        _write(path, [claim for claim in claims if claim["claim_id"] not in late and claim["corrects"] not in late])
    path = tracker / "searches.csv"
    searches = _rows(path)
    for search in searches:
        if search["indicator_id"] in held:
            until = held[search["indicator_id"]]["searched_until"]
            search["looked_until"] = min(search["looked_until"], until)
            search["note"] = f"cut at {until} for the example; " + search["note"]
    _write(path, [search for search in searches if search["window_from"] <= search["looked_until"]])


def _rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows in place of a CSV file's own, the header as it was."""
    header = path.read_text(encoding="utf-8").partition("\n")[0].strip().split(",")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_example_feeds(settings: Settings, feeds: Path) -> int:
    """Serve the example's feeds on loopback and collect them as any others; return how many leads they bring."""
    from signposts.desk.collect import collect_leads
    from signposts.desk.leads import LeadLog

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(feeds)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        path = settings.catalogue_root / "feeds.yaml"
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        for feed_id, entry in entries.items():
            entry["read"] = (feeds / f"{feed_id}.xml").exists()
            if entry["read"]:
                # The example's entries are of last winter; nothing of them is stale for it.
                entry.update(address=f"http://127.0.0.1:{server.server_address[1]}/{feed_id}.xml", format="rss")
        path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")
        catalogue = load_catalogue(settings.catalogue_root)
        collect_leads(settings, catalogue, datetime.now(UTC))
        # Afterwards nothing is served there, and a run must not ask.
        for entry in entries.values():
            entry["read"] = False
        path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    return len(LeadLog(settings).leads())


def start_first_run() -> subprocess.Popen[bytes]:
    """Make the example's first release beside the desk, so that rank and preview have something to go by."""
    command = [sys.executable, "-c", "from signposts.cli import main; main()", "run", "--offline"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - own program
