"""Publishers on loopback, for every test of this folder."""

from collections.abc import Iterator

import pytest

from tests.publishers.documents import PUBLISHERS
from tests.publishers.server import LoopbackPublishers, loopback_publishers
from tests.sources.home import hasten


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackPublishers]:
    with loopback_publishers() as publishers:
        yield publishers


@pytest.fixture
def addresses(server: LoopbackPublishers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every publisher's address points to a server without faults, and nothing waits."""
    hasten(monkeypatch)
    server.faults.clear()
    server.spoil.clear()
    server.requests.clear()
    monkeypatch.setenv("UCDP_ACCESS_TOKEN", "invented-and-never-shown")
    for source_id in PUBLISHERS:
        monkeypatch.setenv(f"SIGNPOSTS_{source_id.upper()}_URL", server.url(source_id))
