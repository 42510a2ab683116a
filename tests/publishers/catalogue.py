"""The real sources.yaml, and the real catalogue without its ledger: these tests do not hang on anybody's claims."""

import shutil
from pathlib import Path

import yaml

from signposts.catalogue.models import Source
from tests.paths import CHECKOUT

ROOT = CHECKOUT / "catalogue"


def real_sources() -> dict[str, Source]:
    """Return every publisher of the catalogue."""
    entries = yaml.safe_load((ROOT / "sources.yaml").read_text(encoding="utf-8"))
    return {source_id: Source(**entry) for source_id, entry in entries.items()}


def without_ledger(folder: Path) -> Path:
    """Return a copy of the catalogue that has no claims and asks publishers for less history."""
    copy = folder / "catalogue"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("ledger"))
    text = (copy / "sources.yaml").read_text(encoding="utf-8")
    for long, short in (("2024-01-01", "2026-07-01"), ("from_year: 2010", "from_year: 2021"), (": 2019}", ": 2021}")):
        assert long in text
        text = text.replace(long, short)
    (copy / "sources.yaml").write_text(text, encoding="utf-8")
    return copy
