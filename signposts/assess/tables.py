"""The order in which the tables of the stage assess are made.

Belongs here: which statement and which part of the method makes which table. Not here: how a figure comes about
(scoring/, sql/assess/).
"""

from collections.abc import Sequence
from datetime import date

from signposts.assess.changes import list_nodes
from signposts.assess.foresight import write_foresight as write_foresight_rows
from signposts.assess.models import tracker_models
from signposts.assess.scoring import score_readings
from signposts.assess.static_tables import diagnosticity_rows, fans, outlook_rows, silence_rows
from signposts.assess.verdicts import status_words
from signposts.warehouse import Warehouse, load_sql

# In this order: each reads what stands before it.
MADE_OF_RATIOS = (
    "group_evidence",
    "log_ratio",
    "shared_luck",
    "reading_claim_ratio",
    "variant",
    "hypothesis_probability",
    "scenario_probability",
    "onset_probability",
    "begun",
    "influence",
)
OF_THE_ODDS = ("group_evidence", "variant", "hypothesis_probability", "scenario_probability")
"""Those of them that the probabilities themselves are made of."""


def write_probabilities(warehouse: Warehouse, tables: Sequence[str] = MADE_OF_RATIOS) -> None:
    """Write the log ratios and, for every as-of date and variant, the probabilities of the scenarios."""
    nodes = list_nodes(warehouse)
    scored = warehouse.query(load_sql("assess/scored_observation"))
    ratios, evidence = score_readings(tracker_models(warehouse), scored, nodes)
    warehouse.write_frame("observation_ratio", ratios)
    warehouse.write_frame("reading_evidence", evidence)
    for name in tables:
        warehouse.build_table(f"assess/{name}")


def write_verdicts(warehouse: Warehouse, as_of: date) -> None:
    """Write status words, cells of the evidence matrix and fans."""
    trackers = tracker_models(warehouse)
    words, growth = status_words(trackers, warehouse.read_frame("reading"), warehouse.read_frame("observation"))
    warehouse.write_frame("status_word", words)
    warehouse.write_frame("required_growth", growth)
    warehouse.build_table("assess/assessment")
    warehouse.write_frame("fan", fans(trackers, as_of))


def write_foresight(warehouse: Warehouse, as_of: date) -> None:
    """Write what is worth checking, what falls due, how odd the readings are, and when we will know."""
    trackers = tracker_models(warehouse)
    votes: dict[str, dict[str, int | None]] = {}
    for row in warehouse.rows("select tracker_id, indicator_id, trials from reading where as_of = $as_of", as_of=as_of):
        votes.setdefault(row["tracker_id"], {})[row["indicator_id"]] = row["trials"]
    bits = [
        row for tracker in trackers for row in diagnosticity_rows(tracker, as_of, votes.get(tracker.tracker_id, {}))
    ]
    warehouse.write_rows("diagnosticity", bits)
    warehouse.write_rows("silence_date", [row for tracker in trackers for row in silence_rows(tracker)])
    warehouse.write_rows("outlook", [row for tracker in trackers for row in outlook_rows(tracker, as_of.year)])
    write_foresight_rows(warehouse, trackers, as_of)
