"""Kinds of broken files: each is refused at its line, with the reason and the remedy, and all of them together."""

import re
import shutil
import time
from itertools import pairwise
from pathlib import Path

import pytest

from signposts.catalogue import load_catalogue
from signposts.errors import CatalogueError
from tests.ferry import copy_ferry

TRACKER = "island_ferry"
FAULT = re.compile(r"^(?P<path>.+?):(?P<line>\d+): (?P<what>[^:]+): (?P<why>.+): (?P<mend>.+)$")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the invented tracker that a test may break."""
    return copy_ferry(tmp_path / "trackers")


def faults_of(root: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(root)
    return str(caught.value).splitlines()


def replace_in(path: Path, old: str, new: str) -> int:
    """Replace the first occurrence and return the line of what now stands there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {path.name}: the test would break nothing"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


# file, what stands there, what is put in its place, line of the fault counted from the first changed line, and its text
BROKEN_YAML = {
    "unknown key": (
        "indicators/passengers.yaml",
        "    sigma: 0.10",
        "    sigmaa: 0.10",
        0,
        "predictions.thriving.sigmaa: unknown key: did you mean 'sigma'?",
    ),
    "unknown key of the tracker": (
        "tracker.yaml",
        "  contamination: 0.2",
        "  contamintaion: 0.2",
        0,
        "did you mean 'contamination'?",
    ),
    "missing key": ("tracker.yaml", "  shared_sd: true\n", "", -4, "scoring.shared_sd: required and not there"),
    "unknown unit": (
        "indicators/freight.yaml",
        "unit: thousand tonnes",
        "unit: thousand tons",
        0,
        "unit: 'thousand tons' is not among the units of tracker.yaml: did you mean 'thousand tonnes'?",
    ),
    "no unit": ("indicators/freight.yaml", "unit: thousand tonnes\n", "", None, "can never be measured: add `unit:`"),
    "unknown domain": ("indicators/freight.yaml", "domain: traffic", "domain: trafic", 0, "did you mean 'traffic'?"),
    "unknown group": ("indicators/freight.yaml", "group: passage", "group: pasage", 0, "did you mean 'passage'?"),
    "unknown source": (
        "indicators/freight.yaml",
        "[ledger]",
        "[leger]",
        0,
        "no source 'leger': did you mean 'ledger'?",
    ),
    "unknown role": ("indicators/freight.yaml", "role: outcome", "role: outcom", 0, "did you mean 'outcome'?"),
    "unknown prediction type": (
        "indicators/freight.yaml",
        "    type: drift",
        "    type: drifd",
        -1,
        "'drifd' is not known here: did you mean 'drift'?",
    ),
    "number in words": ("indicators/freight.yaml", "value: 20.0", "value: twenty", 0, "'twenty' is not a number"),
    "infinite number": ("indicators/freight.yaml", "value: 20.0", "value: .inf", 0, "finite"),
    "not a date": ("indicators/freight.yaml", "date: 2024-12-31", "date: end of 2024", 0, "is not a date"),
    "day that does not exist": ("tracker.yaml", "2025-01-01", "2025-02-30", 0, "day is out of range for month"),
    "path that ends before it starts": (
        "indicators/passengers.yaml",
        "date: 2029-12-31",
        "date: 2020-12-31",
        None,
        "the target 2020-12-31 is not after the start 2024-12-31",
    ),
    "direction against the numbers": (
        "indicators/passengers.yaml",
        "    toward: down",
        "    toward: up",
        None,
        "toward is up, annual_change goes the other way",
    ),
    "range upside down": (
        "indicators/passengers.yaml",
        "lo: 95.0",
        "lo: 195.0",
        None,
        "lo 195.0 is not below hi 110.0",
    ),
    "deadline before the clock": (
        "indicators/ship_sold.yaml",
        "by: 2028-12-31",
        "by: 2024-06-30",
        0,
        "2024-06-30 is not after t0 2025-01-01",
    ),
    "deadline after the horizon": (
        "indicators/ship_sold.yaml",
        "by: 2028-12-31",
        "by: 2038-12-31",
        0,
        "so it can never be resolved",
    ),
    "event without a deadline": (
        "indicators/second_ship_ordered.yaml",
        "    by: 2027-12-31\n",
        "",
        None,
        "predictions.thriving.by: a prediction without a deadline can never be resolved: add `by:`",
    ),
    "event that begins after its deadline": (
        "indicators/second_ship_ordered.yaml",
        "earliest: 2025-06-30",
        "earliest: 2028-06-30",
        None,
        "earliest 2028-06-30 is not before by 2027-12-31",
    ),
    "probabilities that do not sum to one": (
        "indicators/timetable_trend.yaml",
        "more: 0.6",
        "more: 0.7",
        None,
        "the probabilities sum to 1.1, not to 1",
    ),
    "probability above one": ("indicators/ship_sold.yaml", "p: 0.02", "p: 1.02", 0, "less than 1"),
    "unknown category": (
        "indicators/timetable_trend.yaml",
        "{fewer: 0.1, same: 0.3, more: 0.6}",
        "{fewer: 0.1, same: 0.3, mor: 0.6}",
        0,
        "did you mean 'more'?",
    ),
    "scenario without a prediction": (
        "indicators/freight.yaml",
        "  withering: {type: silent",
        "  # {type: silent",
        None,
        "no prediction for the scenario withering: add `withering:`; `type: silent` if it says nothing",
    ),
    "prediction for an unknown scenario": (
        "indicators/freight.yaml",
        "  withering: {type",
        "  witherin: {type",
        0,
        "did you mean 'withering'?",
    ),
    "unscored without a reason": (
        "indicators/freight.yaml",
        "scored: true",
        "scored: false",
        0,
        "not scored, and no reason is written: add `why_not_scored:`",
    ),
    "order against the cooperative axis": (
        "indicators/inspections.yaml",
        "mean: 5.0",
        "mean: 0.5",
        None,
        "steady is more cooperative than withering, but its prediction lies the other way",
    ),
    "families mixed": (
        "indicators/inspections.yaml",
        "{type: rate, basis: operationalised, claim: One a year., brief_ref: risks, mean: 1.0, cv: 0.5}",
        "{type: share, basis: stated, claim: Half., brief_ref: risks, mean: 0.5, concentration: 5}",
        None,
        "predictions of different families: rate, share",
    ),
    "a share in another unit": ("indicators/subsidy_share.yaml", "unit: share", "unit: event", 0, "`unit: share`"),
    "duplicate key": (
        "indicators/freight.yaml",
        "role: outcome",
        "role: outcome\nrole: condition",
        1,
        "role: the key stands already on line 4",
    ),
    "broken YAML": ("indicators/freight.yaml", "unit: thousand tonnes", "unit: [thousand tonnes", None, ": YAML: "),
    "onset weights": ("scenarios.yaml", "weight: 0.75", "weight: 0.5", None, "the onset weights sum to 0.75, not to 1"),
    "unknown baseline": ("scenarios.yaml", "baseline: steady", "baseline: stedy", 0, "did you mean 'steady'?"),
    "onset without a baseline": ("scenarios.yaml", "  baseline: steady\n", "", None, "belong together"),
    "other written by hand": ("scenarios.yaml", "withering:\n", "other:\n", 0, "'none of the above' is derived"),
    "word without a probability": (
        "tracker.yaml",
        "{Likely: 0.6, Possible: 0.3, Unlikely: 0.1}",
        "{Likely: 0.6, Possible: 0.3}",
        0,
        "the set gives the word 'Unlikely' no probability",
    ),
    "unknown headline prior": ("tracker.yaml", "headline: plain", "headline: plane", 0, "did you mean 'plain'?"),
    "grade without a probability": ("tracker.yaml", ", F: 0.5}", "}", None, "no probability for F"),
    "statement about an unknown indicator": (
        "coverage.yaml",
        "indicators: [freight]",
        "indicators: [fright]",
        0,
        "no indicator 'fright': did you mean 'freight'?",
    ),
    "statement with an unknown ruling": (
        "coverage.yaml",
        "ruling: Scenery is not measured",
        "ruling: Scenery",
        0,
        "decisions.md has no heading 'Scenery'",
    ),
    "spread of a silent prediction": (
        "indicators/freight.yaml",
        "  withering: {type: silent,",
        "  withering: {type: silent, spread: 0.2,",
        None,
        "predictions.withering.spread: the interval moves no number of type silent: remove it",
    ),
    "spread without a reason": (
        "indicators/ship_sold.yaml",
        "p: 0.7,",
        "p: 0.7, spread: 0.2,",
        None,
        "spread: nobody can see why p is not as doubtful as the usual 0.5: write the reason as `note:`",
    ),
    "spread in percent": (
        "indicators/ship_sold.yaml",
        "p: 0.7,",
        "p: 0.7, spread: 20, note: Sure.,",
        None,
        "spread: 20 is more than 10 times the usual 0.5: write it on the scale",
    ),
    "spread below nothing": (
        "indicators/ship_sold.yaml",
        "p: 0.7,",
        "p: 0.7, spread: -0.2,",
        None,
        "spread: input should be greater",
    ),
    "trigger without what follows": (
        "indicators/ship_sold.yaml",
        "p: 0.7,",
        "p: 0.7, trigger_share: 0.3,",
        None,
        "trigger_share has no after_onset: write `baseline` if the event then comes as the baseline has it",
    ),
    "what follows no trigger": (
        "indicators/ship_sold.yaml",
        "p: 0.7,",
        "p: 0.7, after_onset: own,",
        None,
        "trigger_lag and after_onset say nothing without trigger_share: give it, or leave them out",
    ),
    "unknown way to follow": (
        "indicators/ship_sold.yaml",
        "p: 0.7,",
        "p: 0.7, trigger_share: 0.3, after_onset: owned,",
        None,
        "did you mean 'own'?",
    ),
    "trigger of a scenario without onsets": (
        "indicators/ship_sold.yaml",
        "p: 0.1,",
        "p: 0.1, trigger_share: 0.3, after_onset: own,",
        None,
        "steady has no onset that events wait for, so none of them announces it",
    ),
    "trigger whose baseline is silent": (
        "indicators/ship_sold.yaml",
        "type: event_by, basis: operationalised, claim: Hardly., brief_ref: future 2, by: 2028-12-31, "
        "p: 0.1, shape: 1.0}\n  withering: {",
        "type: silent, basis: operationalised, claim: Nothing., brief_ref: future 2}"
        "\n  withering: {trigger_share: 0.3, after_onset: own, ",
        None,
        "trigger_share: the baseline steady says nothing of the event: let the baseline predict it",
    ),
    "event that does not define": (
        "indicators/ship_sold.yaml",
        "unit: event",
        "unit: event\ndefines: steady",
        1,
        "defines: withering gives it 0.7, so the event does not define steady (0.1)",
    ),
    "definition of a scenario that is silent": (
        "indicators/second_ship_ordered.yaml",
        "unit: event",
        "unit: event\ndefines: witherin",
        None,
        "defines: 'witherin' has no event_by prediction here that could define it",
    ),
    "quantity of an event": (
        "indicators/ship_sold.yaml",
        "unit: event",
        "unit: event\nquantity: flow",
        1,
        "quantity: events, counts and categories have none: remove it",
    ),
    "share as a flow": (
        "indicators/subsidy_share.yaml",
        "unit: share",
        "unit: share\nquantity: flow",
        None,
        "quantity: the predictions are of a share: write `quantity: share`",
    ),
    "unknown quantity": ("indicators/passengers.yaml", "quantity: flow", "quantity: flo", 0, "did you mean 'flow'?"),
    "bounds upside down": (
        "indicators/passengers.yaml",
        "quantity: flow",
        "quantity: flow\nplausible: [200.0, 20.0]",
        1,
        "plausible: [200.0, 20.0] is no interval: write the lower bound first",
    ),
    "reach upside down": (
        "indicators/inspections.yaml",
        "scored: true",
        "scored: true\nreach: [1.0, 0.7]\nreach_reason: A register.",
        1,
        "reach 1 to 0.7 is no interval: write the lower share first",
    ),
    "reach without a reason": (
        "indicators/inspections.yaml",
        "scored: true",
        "scored: true\nreach: [0.7, 1.0]",
        1,
        "reach: reach and reach_reason belong together: say how much a search can see, and why",
    ),
    "words without a slot": (
        "indicators/passengers.yaml",
        "quantity: flow",
        "quantity: flow\nwords: many passengers",
        1,
        "words: 'many passengers' has no single slot for the number: write {n} for a count",
    ),
    "statement without an answer": ("coverage.yaml", ", indicators: [freight]", "", 0, "needs indicators or a ruling"),
}

BROKEN_LEDGER = {
    "period that ends before it starts": (
        "passengers",
        "passengers-1,value,2024-01-01,",
        "passengers-1,value,2025-01-01,",
        "period_start 2025-01-01 is after period_end 2024-12-31",
    ),
    "happened after it was published": (
        "harbour_works",
        "2025-07-01,2025-07-01",
        "2025-07-01,2025-07-09",
        "happened_to 2025-07-09 is after published_on 2025-07-02",
    ),
    "searched after it was published": ("ship_sold", "2026-05-31,", "2026-06-30,", "nobody can have looked yet"),
    "published after it was recorded": (
        "freight",
        "2026-02-10,,2026-02-10T",
        "2026-02-10,,2026-01-10T",
        "is after recorded_at",
    ),
    "not a date": ("freight", "2025-01-01", "1.1.2025", "period_start: '1.1.2025' is no date: write it as 2026-11-23"),
    "day that does not exist": ("freight", "2025-12-31", "2025-11-31", "'2025-11-31' is no day of the calendar"),
    "not a number": ("freight", ",21,", ",21 kt,", "'21 kt' is not a number"),
    "not finite": ("freight", ",21,", ",inf,", "finite"),
    "nothing on a log scale": ("freight", ",21,", ",-21,", "nothing is 0 or less"),
    "unit of another indicator": ("freight", "thousand tonnes", "thousand passengers", "is not the indicator's unit"),
    "growth not in percent": ("passengers", ",percent,", ",share,", "growth is in percent, not in 'share'"),
    "kind without its value": ("freight", ",21,", ",,", "kind value lacks value: fill it in, or choose another kind"),
    "unknown kind": (
        "freight",
        "freight-1,value",
        "freight-1,valeu",
        "'valeu' is not known here: did you mean 'value'?",
    ),
    "bad Admiralty letter": ("freight", ",A,1,", ",G,1,", "reliability: 'G' is not known here"),
    "bad Admiralty number": ("freight", ",A,1,", ",A,7,", "credibility: '7' is not known here"),
    "unknown status": ("freight", ",preliminary,", ",prelim,", "did you mean 'preliminary'?"),
    "duplicate identifier": ("freight", "freight-2,", "freight-1,", "the identifier stands already on line 2"),
    "identifier of another indicator": ("freight", "freight-1,", "fraught-1,", "does not begin with freight-"),
    "correction of an unknown claim": ("passengers", ",passengers-3,", ",freight-1,", "no row above it is 'freight-1'"),
    "withdrawal of nothing": ("freight", ",freight-2,", ",,", "a withdrawal names no claim"),
    "unknown category": ("timetable_trend", ",more,", ",moar,", "did you mean 'more'?"),
    "share above one": ("subsidy_share", ",0.55,", ",55,", "a share lies between 0 and 1: write 96 percent as 0.96"),
    "interval without an end": ("passengers", ",105,115,", ",,,", "fill in the end that is known, or both"),
    "interval upside down": ("passengers", ",105,115,", ",115,105,", "value_low 115 is not below value_high 105"),
    "more hits than trials": ("council_votes", ",1,,,vote", ",2,,,vote", "value 2 of 1 trials cannot be"),
    "count of more than one": ("inspections", ",1,,,", ",3,,,", "a count is one dated event"),
    "link that is no link": ("freight", "https://ferry", "ferry", "source_url"),
    "unknown project": (
        "harbour_works",
        ",harbour_extension,",
        ",harbor_extension,",
        "did you mean 'harbour_extension'?",
    ),
    "unknown stage": ("harbour_works", ",announced,", ",anounced,", "did you mean 'announced'?"),
    "stage without a project": ("harbour_works", ",harbour_extension,", ",,", "project_id and stage belong together"),
    "reason for no correction": (
        "passengers",
        ",passengers-3,",
        ",,",
        "correction_reason stands without corrects: fill in the claim that this one corrects",
    ),
    "growth base that nobody published": (
        "passengers",
        ",100,75,2025-02-10",
        ",100,75,",
        "base_value has no base_published_on",
    ),
    "too few fields": ("freight", "freight-1,value,2025-01-01,", "freight-1,", "32 fields: the header has 34"),
    "column too many": (
        "freight",
        "recorded_by,correction_reason",
        "recorded_by,correction_reason,more",
        "header 'more': the column here is 'nothing'",
    ),
    "empty first line": (
        "freight",
        "claim_id,kind",
        "\nclaim_id,kind",
        "header 'nothing': the column here is 'claim_id'",
    ),
    "wrong header": ("freight", "claim_id,kind", "claim_id,kinds", "header 'kinds': the column here is 'kind'"),
}


@pytest.mark.parametrize("kind", BROKEN_YAML)
def test_a_broken_yaml_file_is_refused_at_its_line(root: Path, kind: str) -> None:
    name, old, new, offset, expected = BROKEN_YAML[kind]
    path = root / TRACKER / name
    line = replace_in(path, old, new)
    found = [fault for fault in faults_of(root) if expected in fault]
    assert len(found) == 1
    match = FAULT.match(found[0])
    assert match, found[0]
    assert match["path"] == path.as_posix()
    if offset is not None:
        assert int(match["line"]) == line + offset


@pytest.mark.parametrize("kind", BROKEN_LEDGER)
def test_a_broken_ledger_is_refused_at_its_line(root: Path, kind: str) -> None:
    name, old, new, expected = BROKEN_LEDGER[kind]
    path = root / TRACKER / "ledger" / f"{name}.csv"
    line = replace_in(path, old, new)
    found = [fault for fault in faults_of(root) if expected in fault]
    assert len(found) == 1
    match = FAULT.match(found[0])
    assert match, found[0]
    assert (match["path"], int(match["line"])) == (path.as_posix(), line)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ":1: freight.csv: the file is empty: "),
        (b"\xef\xbb\xbfclaim_id", ":1: byte order mark: "),
        (b"claim_id\n\xff\xfe", ":2: byte 0xff: the file is not UTF-8: save it as UTF-8"),
    ],
)
def test_bytes_that_are_no_text_are_refused(root: Path, content: bytes, expected: str) -> None:
    path = root / TRACKER / "ledger" / "freight.csv"
    path.write_bytes(content)
    assert any(fault.startswith(path.as_posix() + expected) for fault in faults_of(root))


def test_an_open_quote_is_refused(root: Path) -> None:
    path = root / TRACKER / "ledger" / "freight.csv"
    replace_in(path, '"Ferry office, yearly table (invented)"', '"Ferry office, yearly table (invented)')
    assert any(f"{path.as_posix()}:" in fault and ": CSV: " in fault for fault in faults_of(root))


def test_claims_about_an_unknown_indicator_are_refused(root: Path) -> None:
    (root / TRACKER / "ledger" / "freight.csv").rename(root / TRACKER / "ledger" / "fright.csv")
    assert any("fright: claims about an indicator that does not exist" in fault for fault in faults_of(root))
    assert any("did you mean 'freight'?" in fault for fault in faults_of(root))


def test_a_file_that_nobody_reads_is_refused(root: Path) -> None:
    (root / TRACKER / "indicators" / "freight.yaml").rename(root / TRACKER / "indicators" / "freight.yml")
    assert any("only files that end in .yaml are read here" in fault for fault in faults_of(root))


@pytest.mark.parametrize("name", ["tracker.yaml", "scenarios.yaml", "coverage.yaml"])
def test_a_missing_file_is_named(root: Path, name: str) -> None:
    (root / TRACKER / name).unlink()
    assert any(fault.startswith(f"{(root / TRACKER / name).as_posix()}:1: {name}: ") for fault in faults_of(root))


def test_a_source_that_feeds_an_unknown_indicator_is_refused(root: Path) -> None:
    source = (
        "office:\n  title: Office\n  licence: none\n  terms: none\n  cadence: never\n  documents:\n"
        "    - name: table\n      ask: {}\n      feeds:\n"
        "        - {tracker: island_ferry, indicator: fright, series: A}\n"
    )
    (root / "sources.yaml").write_text(source, encoding="utf-8")
    (fault,) = faults_of(root)
    assert fault.endswith(
        "sources.yaml:10: office.table.feeds: island_ferry has no indicator 'fright': did you mean 'freight'?"
    )


def test_an_indicator_that_does_not_name_a_source_that_feeds_it_is_refused(root: Path) -> None:
    source = (
        "office:\n  title: Office\n  licence: none\n  terms: none\n  cadence: never\n  documents:\n"
        "    - name: table\n      ask: {}\n      feeds:\n"
        "        - {tracker: island_ferry, indicator: freight, series: A}\n"
    )
    (root / "sources.yaml").write_text(source, encoding="utf-8")
    (fault,) = faults_of(root)
    assert "freight.yaml:" in fault
    assert fault.endswith(
        "sources: office feeds it by sources.yaml, and `sources` does not name it: add office to `sources`"
    )


def test_two_series_of_one_source_for_one_indicator_are_refused(root: Path) -> None:
    feed = "        - {tracker: island_ferry, indicator: freight, series: "
    source = (
        "office:\n  title: Office\n  licence: none\n  terms: none\n  cadence: never\n  documents:\n"
        f"    - name: table\n      ask: {{}}\n      feeds:\n{feed}A}}\n{feed}B}}\n"
    )
    (root / "sources.yaml").write_text(source, encoding="utf-8")
    replace_in(root / TRACKER / "indicators" / "freight.yaml", "sources: [ledger]", "sources: [ledger, office]")
    (fault,) = faults_of(root)
    assert "sources.yaml:11: office.table.feeds: 'freight' is fed by another series of the source as well" in fault


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("tracker.yaml", 'title: "Bell \\x07"', "character U+0007"),
        ("tracker.yaml", 'title: "Turned \\u202e round"', "character U+202E"),
        ("tracker.yaml", 'title: "Half \\ud83d"', "invalid Unicode character escape"),
        ("ledger/freight.csv", "freight-1,\x1b[31mred", "character U+001B"),
        ("tracker.yaml", "deep: " + "[" * 60 + "]" * 60, "deeper than 40 levels"),
        ("tracker.yaml", "deep: " + "[" * 20_000 + "]" * 20_000, "deeper than 40 levels"),
    ],
)
def test_what_cannot_be_shown_or_is_nested_beyond_reason_is_refused_at_its_line(
    root: Path, file: str, content: str, expected: str
) -> None:
    path = root / TRACKER / file
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}{content}\n", encoding="utf-8")
    (fault,) = [fault for fault in faults_of(root) if expected in fault]
    assert fault.startswith(f"{path.as_posix()}:")


def test_aliases_that_multiply_are_refused_before_they_are_followed(root: Path) -> None:
    names = "abcdefgh"
    bomb = ["a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    bomb += [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in pairwise(names)]
    path = root / TRACKER / "tracker.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(bomb) + "\n", encoding="utf-8")
    begun = time.process_time()
    assert any("aliases counted" in fault for fault in faults_of(root))
    assert time.process_time() - begun < 10


def test_a_file_beyond_any_size_that_a_catalogue_has_is_refused_unread(root: Path) -> None:
    path = root / TRACKER / "indicators" / "freight.yaml"
    with path.open("ab") as file:
        file.truncate(30_000_000)
    assert any("no file here is larger than 20,000,000" in fault for fault in faults_of(root))


@pytest.mark.parametrize("name", ["Freight", "fre ight", "9freight", "güter"])
def test_a_name_that_is_no_identifier_is_refused(root: Path, name: str) -> None:
    shutil.copy(root / TRACKER / "indicators" / "freight.yaml", root / TRACKER / "indicators" / f"{name}.yaml")
    replace_in(root / TRACKER / "scenarios.yaml", "\nsteady:", f"\n{name}:")
    shutil.copytree(root / TRACKER, root / f"T{name}")
    said = "\n".join(faults_of(root))
    assert f"{name}.yaml:1: {name}: no identifier" in said
    assert f"T{name}:1: T{name}: no identifier" in said
    assert f"{name}: not a name of a scenario" in said


def test_twenty_for_twenty_percent_is_asked_about(root: Path) -> None:
    path = root / TRACKER / "indicators" / "freight.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"annual_change: 0\.\d+", "annual_change: 20", text, count=1), encoding="utf-8")
    assert any("2000% more every year" in warning for warning in load_catalogue(root).warnings)


def test_a_placeholder_of_the_scaffold_is_refused_wherever_it_stands(root: Path) -> None:
    replace_in(root / TRACKER / "scenarios.yaml", "story: ", "story: So far REPLACE, then ")
    assert any("still a placeholder" in fault for fault in faults_of(root))


def test_all_faults_of_a_load_are_reported_together_in_order(root: Path) -> None:
    replace_in(root / TRACKER / "indicators" / "freight.yaml", "domain: traffic", "domain: trafic")
    replace_in(root / TRACKER / "indicators" / "freight.yaml", "group: passage", "group: pasage")
    replace_in(root / TRACKER / "ledger" / "freight.csv", ",A,1,", ",G,1,")
    replace_in(root / TRACKER / "scenarios.yaml", "weight: 0.75", "weight: 0.5")
    replace_in(root / TRACKER / "coverage.yaml", "indicators: [freight]", "indicators: [fright]")
    faults = faults_of(root)
    files = [Path(fault.split(":")[0]).name for fault in faults]
    assert files == ["coverage.yaml", "freight.yaml", "freight.yaml", "freight.csv", "scenarios.yaml"]
    assert all(FAULT.match(fault) for fault in faults)


def test_a_waiver_lets_an_order_stand(root: Path) -> None:
    path = root / TRACKER / "indicators" / "inspections.yaml"
    replace_in(path, "mean: 5.0", "mean: 0.5")
    replace_in(
        path, "sources: [ledger]", "sources: [ledger]\nmonotone_waiver: A ferry that hardly sails is not inspected."
    )
    assert load_catalogue(root).warnings == ()


def test_what_can_be_shown_but_not_scored_is_a_warning(root: Path) -> None:
    replace_in(root / TRACKER / "ledger" / "freight.csv", "https://ferry.example/table", "")
    (root / TRACKER / "ledger" / "ship_sold.csv").unlink()
    warnings = load_catalogue(root).warnings
    assert any("freight.csv:2: freight-1 source_url: nobody can look it up" in warning for warning in warnings)
    assert any("ship_sold: scored, and nothing is claimed about it" in warning for warning in warnings)
