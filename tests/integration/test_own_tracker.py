"""A tracker of one's own: an indicator of each type, a spreadsheet with its usual damage. All is invented."""

import re
from pathlib import Path

import pytest
import yaml

from signposts.catalogue.predictions import FAMILY_OF_TYPE
from tests.integration.test_authors_page import signposts

pytestmark = pytest.mark.slow

START = {"start": {"date": "2025-12-31", "value": 100.0}}
PATH = START | {"sigma": 0.08, "drift_sd": 0.03}
HISTORY = {"from": "history", "walk": 0.02, "noise": 0.01, "floor": 0.005, "degrees": 12.0}
# By type: what the indicator says beside its predictions, and the numbers of the scenarios `grows` and `withers`.
TYPES: dict[str, tuple[dict[str, object], dict[str, object], dict[str, object]]] = {
    "path": (
        {"unit": "t", "frequency": "monthly", "quantity": "level"},
        PATH | {"target": {"date": "2030-12-31", "value": 160.0}, "toward": "up"},
        PATH | {"target": {"date": "2030-12-31", "value": 70.0}, "toward": "down"},
    ),
    "drift": (
        {"unit": "t", "frequency": "quarterly", "quantity": "level"},
        PATH | {"annual_change": 0.05, "toward": "up"},
        PATH | {"annual_change": -0.05, "toward": "down"},
    ),
    "range": (
        {"unit": "t", "frequency": "monthly", "quantity": "flow"},
        START | {"lo": 110.0, "hi": 150.0, "coverage": 0.8, "reach_by": "2028-12-31", "toward": "up"},
        START | {"lo": 60.0, "hi": 95.0, "coverage": 0.8, "reach_by": "2028-12-31", "toward": "down"},
    ),
    "trajectory": (
        {"unit": "t", "frequency": "irregular", "usual_period_months": 1, "quantity": "level"},
        START | {"waypoints": {"2028-01-01": 110.0, "2031-01-01": 120.0}, "sigma": HISTORY},
        START | {"waypoints": {"2028-01-01": 95.0, "2031-01-01": 80.0}, "sigma": HISTORY},
    ),
    "threshold": (
        {"unit": "share", "frequency": "quarterly"},
        {"op": ">=", "value": 0.6, "p_beyond": 0.8, "concentration": 20.0},
        {"op": "<=", "value": 0.5, "p_beyond": 0.8, "concentration": 20.0},
    ),
    "share": (
        {"unit": "share", "frequency": "irregular"},
        {"mean": 0.8, "concentration": 20.0},
        {"mean": 0.4, "concentration": 20.0},
    ),
    "event_by": (
        {"unit": "event", "frequency": "event"},
        {"by": "2028-12-31", "p": 0.8, "shape": 1.5},
        {"by": "2028-12-31", "p": 0.1, "shape": 1.0},
    ),
    "rate": (
        {"unit": "strikes", "frequency": "irregular", "cooperative": "down"},
        {"mean": 1.0, "cv": 0.3},
        {"mean": 6.0, "cv": 0.3},
    ),
    "ordinal": (
        {"unit": "category", "frequency": "irregular", "categories": ["cool", "warm"]},
        {"probs": {"cool": 0.3, "warm": 0.7}},
        {"probs": {"cool": 0.8, "warm": 0.2}},
    ),
}
SHEET = """Indicator ID;Kind;Period start;Period end;Value;Value low;Category;Trials;Happened from;Searched until;\
Published on
path;value;01.05.2026;31.05.2026;104,5;;;;;;03.06.2026
path;value;01.05.2026;31.05.2026;104,50;;;;;;03.06.2026
path;value;01.06.2026;31.06.2026;105;;;;;;03.07.2026
drift;value;01.04.2026;30.06.2026;4.090;;;;;;01.08.2026
drift;value;01.04.2026;30.06.2026;101;;;;;;01.08.2026
range;interval;01.06.2026;30.06.2026;;over 108;;;;;02.07.2026
range;interval;01.06.2026;30.06.2026;;108;;;;;02.07.2026
trajectory;value;01.07.2026;01.07.2026;102;;;;;;01.09.2026
threshold;value;01.04.2026;30.06.2026;58 %;;;;;;15.07.2026
threshold;value;01.04.2026;30.06.2026;0,58;;;;;;15.07.2026
share;value;12.03.2026;12.03.2026;21;;;30;;;13.03.2026
share;count;12.03.2026;12.03.2026;21;;;30;;;13.03.2026
event_by;none_seen;;;;;;;;30.10.2026;31.10.2026
rate;count;;;1;;;;03.02.2026;;03/04/2026
rate;count;;;1;;;;03.02.2026;;05.02.2026
ordinal;category;01.01.2026;31.03.2026;;;lukewarm;;;;05.04.2026
ordinal;category;01.01.2026;31.03.2026;;;warm;;;;05.04.2026
;;;;;;;;;;
"""


def write_tracker(folder: Path) -> None:
    (folder / "indicators" / "example.yaml").unlink()
    (folder / "ledger" / "example.csv").unlink()
    (folder / "projects.yaml").unlink()
    about = {"brief_ref": "page 3 (invented)"}
    ways = {"grows": ("Likely", 2), "withers": ("Unlikely", 1)}
    scenarios = {
        name: {"title": name.title(), "story": "Invented.", "likelihood_word": word, "cooperative_rank": rank} | about
        for name, (word, rank) in ways.items()
    }
    (folder / "scenarios.yaml").write_text(yaml.safe_dump(scenarios), encoding="utf-8")
    statement = {"id": "S1", "statement": "The port grows.", "indicators": ["path"]} | about
    (folder / "coverage.yaml").write_text(yaml.safe_dump([statement]), encoding="utf-8")
    settings = (folder / "tracker.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("REPLACE with a title in plain words", "Two futures of a port (invented)"),
        ("High: 0.80, Low: 0.15", "Likely: 0.7, Unlikely: 0.25"),
        ("High: 1.0, Low: 1.0", "Likely: 1.0, Unlikely: 1.0"),
        ("units: ", "units:\n  t: thousand tonnes\n  strikes: strikes a year"),
    ):
        assert old in settings
        settings = settings.replace(old, new, 1)
    (folder / "tracker.yaml").write_text(settings, encoding="utf-8")
    for kind, (own, *numbers) in TYPES.items():
        said = {"type": kind, "basis": "stated", "claim": "Invented."} | about
        indicator = {
            "title": f"A reading of type {kind}", "meaning": "Invented.", "domain": "example", "role": "outcome",
            "group": "example", "scored": True, "cooperative": "up", "cooperative_reason": "Invented.",
            "sources": ["ledger"], "max_age_days": 400,
        } | own | {"predictions": {name: said | part for name, part in zip(ways, numbers, strict=True)}}  # fmt: skip
        text = re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", yaml.safe_dump(indicator))
        (folder / "indicators" / f"{kind}.yaml").write_text(text, encoding="utf-8")


def what_is_held_in_a_draft_is_accepted_or_withdrawn(desk: Path) -> None:
    slip = ["kind=value", "period_start=2026-05-01", "period_end=2026-05-31", "value=10400", "source_name=Gazette"]
    slip += ["speaker=Gazette", "reliability=C", "credibility=3", "published_on=2026-07-05"]
    for place, command in enumerate(("withdraw", "accept")):
        said = signposts("record", "path", *slip, f"source_url=https://example.org/slip/{place}", folder=desk)
        claim = said.stdout.partition(" ")[0]
        assert f"held: {claim}: 10400 against 104" in (shown := signposts("preview", folder=desk).stdout), (
            said.stderr + shown
        )
        assert signposts(command, claim, "--reason", "looked up", folder=desk).returncode == 0
        assert "held:" not in signposts("preview", folder=desk).stdout
    assert signposts("withdraw", claim, "--reason", "a slip after all", folder=desk).returncode == 0


def test_a_tracker_with_each_type_is_imported_previewed_published_and_shown(tmp_path: Path) -> None:
    assert set(TYPES) == set(FAMILY_OF_TYPE)
    assert signposts("init", "desk", folder=tmp_path).returncode == 0
    desk = tmp_path / "desk"
    assert signposts("new", "port", folder=desk).returncode == 0
    write_tracker(desk / "catalogue" / "port")
    head, *lines = SHEET.strip().splitlines()
    rest = [";Harbour (invented);https://example.org/{};B;2"] * len(lines)
    sheet = [head + ";Source name;Source URL;Reliability;Credibility"]
    sheet += [line + end.format(place) for place, (line, end) in enumerate(zip(lines, rest, strict=True))]
    sheet[2] = sheet[2].replace("/1;", "/0;")
    (desk / "figures.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(sheet).encode())
    taken = signposts("import", "figures.csv", folder=desk)
    assert "9 accepted, 1 already known, 8 refused" in taken.stdout, taken.stdout + taken.stderr
    shown = signposts("preview", folder=desk)
    assert shown.returncode == 0, shown.stderr
    assert "at least 108 (2026-06-30)" in shown.stdout
    assert "21 of 30 (2026-03-12)" in shown.stdout
    assert "bits that a reading tells in 0, 2, 4, 7 years:" in shown.stdout
    what_is_held_in_a_draft_is_accepted_or_withdrawn(desk)
    settings = desk / "catalogue" / "port" / "tracker.yaml"
    settings.write_text(re.sub("(?m)^draft: .*$", "", settings.read_text(encoding="utf-8")), encoding="utf-8")
    published = signposts("run", "--offline", folder=desk)
    assert published.returncode == 0, published.stderr
    scored = "select indicator_id from latest_reading where scored order by all"
    names = signposts("sql", scored, "--format", "csv", folder=desk).stdout.split()[1:]
    assert names == sorted(set(TYPES) - {"rate"}), "a list that nobody searched is shown, not scored"
    page = desk / "var" / "published" / "report" / "indicators" / "range.html"
    assert "at least 108" in page.read_text(encoding="utf-8")
