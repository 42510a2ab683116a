"""The desk under load: an action at 5,000 open leads, and a day's 20,000 items against a log of a million leads.

Belongs here: invented items in a home that is thrown away. Not here: whether the desk is right (tests/desk).
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import requests

from signposts.catalogue import load_catalogue
from signposts.desk.collect import matching_items
from signposts.desk.feeds import Item
from signposts.desk.leads import FoundLead, LeadLog
from signposts.desk.matching import tracker_matcher
from signposts.desk.state import open_desk
from signposts.settings import load_settings
from tests.benchmarks.harness import ROOT, peak_memory, row, seconds
from tests.desk.test_page import served, token_of

NOW = datetime.now(UTC)
OPEN, KEPT, A_DAY = 5_000, 1_000_000, 20_000
ACTIONS = 20


@contextmanager
def own_home() -> Iterator[None]:
    """Do the block with a home and a copy of the real catalogue of its own."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "catalogue", Path(folder) / "catalogue")
        os.environ["SIGNPOSTS_HOME"] = str(Path(folder) / "home")
        os.environ["SIGNPOSTS_CATALOGUE"] = str(Path(folder) / "catalogue")
        os.environ["SIGNPOSTS_ANALYST"] = "benchmark"
        yield


def invented_item(number: int, title: str) -> Item:
    """Return an invented item of the last twenty days."""
    return Item(f"https://invented.example/{number}", title, "", (NOW - timedelta(days=number % 20)).date(), "invented")


def timed(work: Callable[[], requests.Response]) -> tuple[float, requests.Response]:
    """Return the seconds of a request and its answer."""
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def measure() -> list[dict[str, Any]]:
    """Return seconds of an action and of the page after it at 5,000 open leads."""
    with own_home():
        settings, name = load_settings(), "russia_iran/leader_contacts"
        found = [
            FoundLead(
                invented_item(number, f"Lavrov, Araghchi hold phone call on file {number}"),
                "invented",
                "B",
                "0" * 64,
                NOW,
                False,
                {name: 1.0},
            )
            for number in range(OPEN)
        ]
        LeadLog(settings).add(found)
        actions, pages = [], []
        for address in served(open_desk(settings)):
            token, lead = token_of(address)
            for _ in range(ACTIONS):
                action = partial(
                    requests.post,
                    f"{lead}/decide",
                    data={"token": token, "decision": "dismiss", "reason": "no_new_fact"},
                    headers={"Origin": address},
                    timeout=10,
                    allow_redirects=False,
                )
                taken, answer = timed(action)
                if answer.status_code != 303:
                    raise ValueError(f"the desk answered {answer.status_code}: {answer.text[:200]}")
                actions.append(taken)
                lead = f"{address}{answer.headers['Location'].partition('?')[0]}"
                pages.append(timed(partial(requests.get, lead, timeout=10))[0])
    return [
        row(f"an action of the desk at {OPEN:,} open leads", actions, "s", "< 0.2"),
        row("the page of the next lead", pages, "s"),
    ]


def measure_archive() -> list[dict[str, Any]]:
    """Return seconds of matching a day's items and of adding them to a log of a million leads."""
    with own_home():
        settings = load_settings()
        tracker = load_catalogue(ROOT / "catalogue").trackers[0]
        matchers = {tracker.tracker_id: tracker_matcher(tracker)}
        log = LeadLog(settings)
        with log.lock(), log.path.open("w", encoding="utf-8") as file:
            for number in range(KEPT):
                day = (NOW - timedelta(days=10 + number % 1500)).isoformat()
                line = {
                    "lead_id": f"{number:016x}",
                    "url": f"https://invented.example/old/{number}",
                    "title": f"Invented talks number {number} on corridor {number % 977}",
                    "summary": "",
                    "outlet": "invented",
                    "feed_id": "invented",
                    "reliability": "C",
                    "published_on": day[:10],
                    "seen_at": day,
                    "sha256": "0" * 64,
                    "story_id": f"{number:016x}",
                    "matches": {"russia_iran/leader_contacts": 1.0},
                }
                file.write(json.dumps(line) + "\n")
        read = seconds(log.leads)
        titles = (
            "Russia, Iran discuss gas pipeline stage {}",
            "Putin, Pezeshkian hold phone call {}",
            "Local weather {}",
        )
        items = [invented_item(number, titles[number % 3].format(number)) for number in range(A_DAY)]
        feed = next(iter(load_catalogue(ROOT / "catalogue").lead_feeds.values()))
        found: list[FoundLead] = []
        match = seconds(lambda: found.extend(matching_items(matchers, items, "invented", feed, "0" * 64, NOW)))
        add = seconds(lambda: log.add(found))
    return [
        row(f"reading a log of {KEPT:,} leads", [read], "s"),
        row(f"matching a day's {A_DAY:,} items with {len(tracker.indicators)} indicators", [match], "s"),
        row(f"adding the {len(found):,} that match, stories told apart", [add], "s"),
        row("matching and adding together", [match + add], "s", "< 60"),
        row("peak memory of the process", [peak_memory()], "GiB"),
    ]
