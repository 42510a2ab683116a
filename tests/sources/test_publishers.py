"""A folder a publisher: found, not listed; its form of what may be asked; where the shape of its documents was seen."""

import base64
import json
import re
from pathlib import Path

import pytest

import signposts.sources
from signposts.catalogue.documents import read_document
from signposts.catalogue.faults import FaultList
from signposts.catalogue.loading import load_sources
from signposts.desk.feeds import read_dropped
from signposts.errors import CatalogueError, SourceChanged
from signposts.gather import load_publishers
from signposts.sources.docs_page import never_seen, sources_page
from signposts.sources.html_page import read_page
from signposts.sources.options import ask_model, asks_of
from signposts.sources.publishers import PUBLISHERS, publisher
from tests.publishers import documents, state_documents
from tests.publishers.catalogue import ROOT, real_sources
from tests.publishers.documents import PUBLISHERS as SERVED
from tests.publishers.documents import TODAY

FOLDER = Path(signposts.sources.__file__).parent


def test_every_folder_of_sources_is_a_publisher_and_every_publisher_of_the_catalogue_has_one() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/__init__.py")}
    assert set(PUBLISHERS) == folders
    assert {name for name, source in real_sources().items() if source.documents} <= folders


@pytest.mark.parametrize("source_id", PUBLISHERS)
def test_a_publisher_has_a_client_its_options_and_the_notes_of_its_recordings(source_id: str) -> None:
    client = publisher(source_id)
    assert client.BASE_URL.startswith("https://")
    assert callable(client.gather)
    assert callable(client.read)
    assert ask_model(source_id).__doc__
    notes = (FOLDER / source_id / "recordings.md").read_text(encoding="utf-8")
    assert re.search(r"^\| shape \| recording \| of \|$", notes, re.MULTILINE)
    assert re.search(r"^Never seen: \S", notes, re.MULTILINE)


@pytest.mark.parametrize("source_id", PUBLISHERS)
def test_every_shape_says_where_it_was_seen_and_when_or_that_it_never_was(source_id: str) -> None:
    notes = (FOLDER / source_id / "recordings.md").read_text(encoding="utf-8")
    _, table = notes.split("|---|---|---|\n")
    rows = [line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines() if line.startswith("|")]
    assert all(len(row) == 3 and all(row) for row in rows)
    assert all(re.fullmatch(r"\d{4}(-\d\d){0,2}|unknown day", row[2]) for row in rows), rows
    assert rows or never_seen(source_id).startswith("a recorded"), "without a recording that is the first thing to say"
    page = sources_page(real_sources())
    assert f"- Never seen: {never_seen(source_id)}" in page


def test_every_publisher_with_an_address_speaks_on_loopback() -> None:
    by_hand = {name for name, source in real_sources().items() if source.inbox}
    assert set(SERVED) | by_hand >= set(real_sources())


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("frequency: A,", "freqency: A,", "imf_imts.russia_iran_annual.ask.freqency: this publisher has no such key"),
        ("frequency: A,", "frequency: W,", "imf_imts.russia_iran_annual.ask.frequency: Input should be 'A' or 'M'"),
        ("days_back: 3", "days_back: many", "gdelt_events.exports.ask.days_back: Input should be a valid integer"),
        ("indicator: NY.GDP.MKTP.CD\n", "\n", "world_bank.gdp.ask.indicator: Field required"),
    ],
)
def test_a_key_that_a_publisher_does_not_have_is_refused_with_its_line(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = (ROOT / "sources.yaml").read_text(encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"sources\.yaml:\d+: ") as caught:
        load_publishers(tmp_path)
    assert said in str(caught.value)
    line = int(re.search(r"sources\.yaml:(\d+)", str(caught.value))[1])  # type: ignore[index]
    assert abs(line - 1 - text[: text.index(right)].count("\n")) <= 2


def test_the_real_asks_fit_their_publishers() -> None:
    faults = FaultList()
    assert load_sources(read_document(ROOT / "sources.yaml", faults), faults)
    assert load_publishers(ROOT)


def test_a_register_is_read_alike_whether_all_deliveries_or_those_of_the_years_asked_for_are_counted() -> None:
    ask = asks_of("sipri_arms", real_sources()["sipri_arms"])["to_iran"]
    body = json.dumps({"filters": [{}, {"listData": [1050412]}]}).encode()
    by_years = documents.sipri_arms({}, "", body)
    text = base64.b64decode(json.loads(by_years)["bytes"]).decode("latin-1")
    assert "Weapon description,Deliveries in the Year Range, ," in text
    whole = text.replace("Deliveries in the Year Range, ,", "Number delivered, ,")
    packed = json.dumps({"bytes": base64.b64encode(whole.encode("latin-1")).decode()}).encode()
    read = [publisher("sipri_arms").read(ask, "to_iran", payload, TODAY, None) for payload in (by_years, packed)]
    assert [row["number_delivered"] for row in read[0].rows] == [12.0, 6.0]
    assert read[0].rows == read[1].rows


def test_a_launch_is_read_alike_whether_measures_and_their_marks_are_one_field_or_two() -> None:
    merged = state_documents.gcat({}, "/launch.tsv").decode()
    apart = re.sub(r"(?m)^(20.*VOST.*)(\tOS\d*(\t-){6})$", r"\1\t-\t-\2", merged)
    assert len(apart) > len(merged)
    ask = asks_of("gcat", real_sources()["gcat"])["iranian_satellites"]
    read = [
        publisher("gcat").read(ask, "iranian_satellites/launch", text.encode(), TODAY, None) for text in (merged, apart)
    ]
    assert [row["code"] for row in read[0].rows] == ["OS", "OS", "OS95"]
    assert read[0].rows == read[1].rows
    assert read[0].rejected == [], "a missile without a day is nobody's concern"


def test_a_page_whose_declaration_is_none_is_refused_by_name() -> None:
    page = b"<![DOCTYPE html><html><body>Invented</body></html>"
    with pytest.raises(SourceChanged, match="is a web page that cannot be read"):
        read_page(page)
    with pytest.raises(SourceChanged, match="cannot be read as a page"):
        read_dropped("invented.html", page, TODAY)
