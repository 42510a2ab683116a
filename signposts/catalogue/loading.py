"""The loader: a folder of YAML and CSV becomes a Catalogue, or one error that lists every fault.

Belongs here: which files there are and in which order they are read. Not here: the rules they must keep (models.py,
claims.py, rules.py, ledger_rules.py), or rows for the warehouse (tables.py).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from signposts.catalogue.claims import EARLIER_WIDTHS, LEDGER_COLUMNS, Claim
from signposts.catalogue.derivation_rules import validate_derivations
from signposts.catalogue.documents import Document, read_document, read_rows
from signposts.catalogue.elicitation import read_elicited
from signposts.catalogue.entries import build, build_mapping, build_row
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.fields import IDENTIFIER
from signposts.catalogue.ledger_rules import validate_ledger
from signposts.catalogue.models import Indicator, Project, Scenario, Source, Statement, TrackerSettings
from signposts.catalogue.rules import Draft, validate_feeds, validate_placeholders, validate_tracker, validate_watch
from signposts.catalogue.searches import read_searches
from signposts.catalogue.trackers import LEDGER_SOURCE, Catalogue, Ledger, LedgerRow, Tracker
from signposts.catalogue.triage import read_triage
from signposts.catalogue.watch import LeadFeed, WatchNames
from signposts.catalogue.writing import finish_pending
from signposts.errors import InputError

# The source of everything a person wrote into a ledger; it is nobody's publication and has no page.
LEDGER = Source(
    title="The ledger, kept by hand",
    licence="see the licence of the catalogue",
    terms="each claim carries its own source and link",
    cadence="when somebody records a claim",
    max_age_days=120,
)

RECORDED = ("ledger", "accepted.csv", "triage.csv", "searches.csv")


def load_catalogue(
    root: Path, trackers: Sequence[str] = (), today: date | None = None, *, drafts: bool = True
) -> Catalogue:
    """Return the catalogue of a folder, or of some of its trackers, with or without those that are drafts.

    Raises:
        CatalogueError: there are faults; the message lists all of them, one a line.
        InputError: there is no such tracker, or none but drafts where they are left out.
    """
    faults = FaultList()
    today = today or datetime.now(UTC).date()
    folders = tracker_folders(root, trackers)
    source_file = read_document(root / "sources.yaml", faults)
    sources = load_sources(source_file, faults)
    if source_file is not None:
        names = {folder.name: {path.stem for path in (folder / "indicators").glob("*.yaml")} for folder in folders}
        validate_feeds(source_file, sources, names, faults)
    feeds = load_lead_feeds(root, faults)
    loaded = [load_tracker(folder, sources, today, faults, feeds) for folder in folders]
    faults.raise_if_any()
    warnings = tuple(str(warning) for warning in sorted(set(faults.warnings)))
    kept = tuple(tracker for tracker in loaded if tracker is not None and (drafts or not tracker.settings.draft))
    if not kept:
        raise InputError(f"{root} holds only drafts; look at them with `signposts preview`, or take `draft: true` out")
    return Catalogue(root, kept, sources, warnings, feeds)


def check(root: Path, trackers: Sequence[str] = ()) -> list[str]:
    """Return the warnings of a catalogue, each one line; CatalogueError if it cannot be used at all."""
    return list(load_catalogue(root, trackers).warnings)


def tracker_folders(root: Path, names: Sequence[str]) -> list[Path]:
    """Return the folders of the trackers asked for, or of all; InputError if there is no such tracker."""
    if not root.is_dir():
        raise InputError(f"{root} is not a folder; name the catalogue's folder in SIGNPOSTS_CATALOGUE")
    folders = {path.name: path for path in sorted(root.iterdir()) if path.is_dir() and path.name[0] not in "._"}
    if not folders:
        raise InputError(f"{root} holds no tracker; make one with `signposts new TRACKER`")
    for name in names:
        if name not in folders:
            raise InputError(f"no tracker {name!r}; {nearest(name, folders)}")
    return [folder for name, folder in folders.items() if not names or name in names]


def load_sources(document: Document | None, faults: FaultList) -> dict[str, Source]:
    """Return the sources of sources.yaml, with the ledger among them."""
    sources = build_mapping(Source, document, "source", faults) if document else {}
    if document is not None and LEDGER_SOURCE in sources:
        line = document.line(LEDGER_SOURCE)
        faults.refuse(document.path, line, LEDGER_SOURCE, "this source is implied", "rename or remove the entry")
    return {LEDGER_SOURCE: LEDGER, **sources}


def load_lead_feeds(root: Path, faults: FaultList) -> dict[str, LeadFeed]:
    """Return the feeds of feeds.yaml; a catalogue without the file has none."""
    path = root / "feeds.yaml"
    document = read_document(path, faults) if path.exists() else None
    return build_mapping(LeadFeed, document, "feed", faults) if document else {}


def load_watch_names(folder: Path, faults: FaultList) -> WatchNames:
    """Return the names and noise of watch.yaml; a tracker without the file has none."""
    path = folder / "watch.yaml"
    document = read_document(path, faults) if path.exists() else None
    names = build(WatchNames, document, document.data, (), faults) if document else None
    return names or WatchNames()


def load_tracker(
    folder: Path, sources: Mapping[str, Source], today: date, faults: FaultList, feeds: Mapping[str, LeadFeed]
) -> Tracker | None:
    """Return the tracker of a folder; None if its faults leave nothing to judge."""
    finish_pending(folder)
    refuse_name(folder, folder.name, faults)
    draft = read_draft(folder, sources, faults)
    watch_names = load_watch_names(folder, faults)
    ledgers = read_ledgers(folder / "ledger", faults)
    if draft is None:
        return None
    validate_tracker(draft, faults)
    validate_placeholders(draft, faults)
    validate_derivations(draft, faults)
    validate_watch(draft, feeds, watch_names, faults)
    for ledger in ledgers.values():
        validate_ledger(ledger, draft, today, faults)
    validate_silence(draft, ledgers, faults)
    read_triage(folder, faults)
    return Tracker(
        tracker_id=folder.name,
        folder=folder,
        settings=draft.settings,
        scenarios=draft.scenarios,
        indicators=draft.indicators,
        projects=draft.projects,
        coverage=draft.coverage,
        ledgers=ledgers,
        searches=read_searches(folder, draft.indicator_names, today, faults),
        catalogue_sha256=catalogue_sha256(folder),
        watch_names=watch_names,
        answers=read_elicited(folder, draft.indicators, draft.scenarios, faults),
    )


def read_draft(folder: Path, sources: Mapping[str, Source], faults: FaultList) -> Draft | None:
    """Return a tracker's entries as far as they can be read; None without a usable tracker.yaml."""
    documents: dict[str, Document] = {}

    def read(name: str) -> Document | None:
        document = read_document(folder / name, faults)
        if document is not None:
            documents[name] = document
        return document

    tracker_file = read("tracker.yaml")
    scenario_file = read("scenarios.yaml")
    project_file = read("projects.yaml") if (folder / "projects.yaml").exists() else None
    settings = build(TrackerSettings, tracker_file, tracker_file.data, (), faults) if tracker_file else None
    scenarios = build_mapping(Scenario, scenario_file, "scenario", faults) if scenario_file else {}
    projects = build_mapping(Project, project_file, "project", faults) if project_file else {}
    indicators: dict[str, Indicator] = {}
    names = set()
    for path in files_of(folder / "indicators", ".yaml", faults):
        names.add(path.stem)
        refuse_name(path, path.stem, faults)
        document = read(f"indicators/{path.name}")
        indicator = build(Indicator, document, document.data, (), faults) if document else None
        if indicator is not None:
            indicators[path.stem] = indicator
    if not names:
        faults.refuse(folder / "indicators", 1, "indicators", "there is none", "add a file for each indicator")
    coverage = read_coverage(folder, settings, documents, faults)
    if settings is None:
        return None
    return Draft(folder, settings, scenarios, indicators, frozenset(names), projects, coverage, sources, documents)


def read_coverage(
    folder: Path, settings: TrackerSettings | None, documents: dict[str, Document], faults: FaultList
) -> tuple[Statement, ...]:
    """Return the statements of the brief."""
    document = read_document(folder / (settings.brief.statements if settings else "coverage.yaml"), faults)
    if document is None:
        return ()
    documents["coverage.yaml"] = document
    if not isinstance(document.data, list):
        faults.refuse(document.path, 1, document.path.name, "not a list of statements", "begin each with `- id:`")
        return ()
    built = [build(Statement, document, item, (place,), faults) for place, item in enumerate(document.data)]
    return tuple(statement for statement in built if statement is not None)


def refuse_name(path: Path, name: str, faults: FaultList) -> None:
    """Refuse a file or folder whose name cannot be the identifier of what it holds."""
    if not IDENTIFIER.fullmatch(name):
        mend = "rename it: lower case letters, digits and underscores, beginning with a letter"
        faults.refuse(path, 1, name, "no identifier", mend)


def files_of(folder: Path, suffix: str, faults: FaultList) -> list[Path]:
    """Return the files of a folder in order; one with another ending is refused, since nobody would read it."""
    if not folder.is_dir():
        return []
    paths = [path for path in sorted(folder.iterdir()) if path.name[0] not in "._"]
    for path in paths:
        if path.suffix != suffix or not path.is_file():
            faults.refuse(path, 1, path.name, f"only files that end in {suffix} are read here", "rename or move it")
    return [path for path in paths if path.suffix == suffix and path.is_file()]


def read_ledgers(folder: Path, faults: FaultList) -> dict[str, Ledger]:
    """Return the ledgers of a tracker by indicator."""
    ledgers = (read_ledger(path, faults) for path in files_of(folder, ".csv", faults))
    return {ledger.indicator_id: ledger for ledger in ledgers if ledger is not None}


def read_ledger(path: Path, faults: FaultList) -> Ledger | None:
    """Return one ledger, None if it cannot be read at all; claims that cannot be understood become faults."""
    content = read_rows(path, LEDGER_COLUMNS, faults, EARLIER_WIDTHS)
    if content is None:
        return None
    sha256, rows = content
    claims = ((row, build_row(Claim, path, row, row.fields.get("claim_id", "claim"), faults)) for row in rows)
    kept = tuple(LedgerRow(row.line, row.fields, claim) for row, claim in claims if claim is not None)
    return Ledger(path.stem, path, sha256, kept)


def validate_silence(draft: Draft, ledgers: Mapping[str, Ledger], faults: FaultList) -> None:
    """Warn about scored indicators that the ledger should feed and does not, or whose quantity is not named."""
    for indicator_id, indicator in draft.indicators.items():
        if indicator.scored and indicator.family == "lognormal" and indicator.quantity is None:
            document = draft.documents[f"indicators/{indicator_id}.yaml"]
            mend = "add `quantity: flow`, `level` or `share`: read as a flow, a part-year figure is only shown"
            faults.warn(document.path, 1, indicator_id, "scored, and not said what kind of quantity it is", mend)
        fed = indicator_id in ledgers and ledgers[indicator_id].rows
        if indicator.scored and set(indicator.sources) == {LEDGER_SOURCE} and not fed:
            path = draft.folder / "ledger" / f"{indicator_id}.csv"
            faults.warn(path, 1, indicator_id, "scored, and nothing is claimed about it", "record a claim or a search")


def catalogue_sha256(folder: Path) -> str:
    """Return the SHA-256 of a tracker's files: of the lines `sha256sum` prints, sorted by path.

    What people record from day to day is left out: ledger, searches, decisions on leads, accepted revisions.
    """
    lines = []
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.is_file() and inner.parts[0] not in RECORDED and not any(part[0] in "._" for part in inner.parts):
            lines.append((inner.as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()))
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(lines))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
