"""What is tracked: the models of catalogue/, its loader, and its rows for the warehouse.

Belongs here: everything that can be said from the files of a catalogue alone. Not here: Dagster, DuckDB, the network,
scoring, or anything about one tracker. Only pydantic and yaml are imported, since every command loads this.
"""

from signposts.catalogue.claims import LEDGER_COLUMNS, Claim, reliability_value
from signposts.catalogue.coverage import coverage_table
from signposts.catalogue.ledger_rules import check_claim
from signposts.catalogue.loading import catalogue_sha256, check, load_catalogue
from signposts.catalogue.models import Indicator, Scenario, Source, TrackerSettings
from signposts.catalogue.predictions import Prediction
from signposts.catalogue.tables import (
    Hypothesis,
    headline_priors,
    hypotheses,
    ledger_rows,
    prior_probabilities,
    tables,
)
from signposts.catalogue.trackers import LEDGER_SOURCE, OTHER, Catalogue, Ledger, LedgerRow, Tracker

__all__ = [
    "LEDGER_COLUMNS",
    "LEDGER_SOURCE",
    "OTHER",
    "Catalogue",
    "Claim",
    "Hypothesis",
    "Indicator",
    "Ledger",
    "LedgerRow",
    "Prediction",
    "Scenario",
    "Source",
    "Tracker",
    "TrackerSettings",
    "catalogue_sha256",
    "check",
    "check_claim",
    "coverage_table",
    "headline_priors",
    "hypotheses",
    "ledger_rows",
    "load_catalogue",
    "prior_probabilities",
    "reliability_value",
    "tables",
]
