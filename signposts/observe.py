"""Observe: from raw rows to versions of claims, and from claims to what each indicator says at each as-of date.

Belongs here: the order in which the stage's tables are made. Not here: the rules, which are statements (sql/observe/)
and the nowcast's formula (scoring/nowcast.py).
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from signposts.errors import InputError
from signposts.settings import sql_root
from signposts.sources.publishers import PUBLISHERS
from signposts.warehouse import Warehouse, dictionary_columns

RELEASED_SEARCH = "select tracker_id, indicator_id, searched_on, window_from, looked_until from search"
UNCHANGED = {
    "unchanged_observation": "observation",
    "unchanged_earlier_observation": "earlier_observation",
    "unchanged_list_completeness": "list_completeness",
}
MOST_ROUNDS = 20
"""So many claims in a row may hang on one another's being held before the rest is left to a person."""
LIST_KEYS = ("tracker_id", "as_of", "indicator_id")
RECAPTURE = ("n_known", "n_found", "n_both", "reach_low", "reach_high")
LAST_RELEASE = "select as_of from release order by created_at desc limit 1"


def write_publisher_rows(warehouse: Warehouse) -> None:
    """Bring every publisher's raw rows into the one shape of table publisher_row.

    Rows that have its columns are taken by name; rows of another grain, such as deals or events, have a statement
    sql/observe/rows_<source>.sql.
    """
    warehouse.write_rows("publisher_row", [])
    warehouse.build_table("observe/confirmed_version")
    warehouse.build_table("observe/standing_file")
    columns = dictionary_columns()
    with warehouse.connect() as connection:
        for source_id in PUBLISHERS:
            if (sql_root() / "observe" / f"rows_{source_id}.sql").exists():
                warehouse.append_made("publisher_row", f"observe/rows_{source_id}")
                continue
            shared = ", ".join(name for name in columns["publisher_row"] if name in columns[f"raw_{source_id}"])
            connection.execute(
                f"insert into publisher_row by name select '{source_id}' as source_id, {shared} from raw_{source_id}"  # noqa: S608 - our own names
            )


def write_claims(warehouse: Warehouse, now: datetime) -> tuple[int, list[str]]:
    """Append new versions of claims and make table claim; return its rows and the claims that left their ledger."""
    set_future_aside(warehouse, now)
    append_versions(warehouse)
    warehouse.build_table("observe/newest_version")
    warehouse.build_table("observe/kept_value")
    gone = validate_kept_rows(warehouse)
    hold_versions(warehouse)
    return warehouse.build_table("observe/claim") + derive_claims(warehouse), gone


def set_future_aside(warehouse: Warehouse, now: datetime) -> None:
    """Take out the versions read from attempts that a wrong clock dated after now, which are set aside themselves.

    They come again from the log when their date has come; until then they must not stand before what is true today.
    """
    with warehouse.connect() as connection:
        moment = {"now": now.replace(tzinfo=None)}
        connection.execute("delete from claim_version where claim_key is not null and recorded_at > $now", moment)


def append_versions(warehouse: Warehouse) -> None:
    """Append the versions that the ledger and the publishers bring.

    Of each document the versions at hand are taken in turn, the oldest first: all documents' first ones, then all
    second ones. A usual run has one turn, a rebuild as many as the document that changed most often.
    """
    warehouse.append_made("claim_version", "observe/ledger_version")
    write_publisher_rows(warehouse)
    warehouse.build_table("observe/candidate")
    warehouse.build_table("observe/publisher_candidate")
    warehouse.build_table("observe/document_turn")
    (last,) = warehouse.rows("select coalesce(max(turn), 0) as turn from document_turn")
    for turn in range(1, last["turn"] + 1):
        merge_round(warehouse, turn)


def merge_round(warehouse: Warehouse, turn: int) -> None:
    """Append what one turn's documents bring: new values, revised ones, and those that they no longer carry."""
    warehouse.build_table("observe/newest_version")
    warehouse.build_table("observe/usable_version")
    warehouse.append_made("claim_version", "observe/publisher_version", turn=turn)


def derive_claims(warehouse: Warehouse) -> int:
    """Add the claims that follow by formula from other indicators' claims to table claim; return how many.

    They are computed anew from the parts' versions in every run, so that a part that is held, accepted, revised or
    withdrawn moves them as it should.
    """
    warehouse.build_table("observe/derived_state")
    warehouse.build_table("observe/derived_claim")
    return warehouse.append_table("claim", "derived_claim")


def hold_versions(warehouse: Warehouse) -> None:
    """Make table held_version: what is held measures nothing else, so the statement is run until its table stands."""
    warehouse.write_rows("held_version", [])
    for _ in range(MOST_ROUNDS):
        before = warehouse.rows("from held_version")
        warehouse.build_table("observe/held_version")
        if warehouse.rows("from held_version") == before:
            return


def validate_kept_rows(warehouse: Warehouse) -> list[str]:
    """Return the claims whose ledger rows are gone; they stay as they were.

    Raises:
        InputError: a row says something else than when it was recorded.
    """
    warehouse.build_table("observe/ledger_fault")
    faults = warehouse.rows("from ledger_fault")
    edited = [fault for fault in faults if fault["fault"] == "edited"]
    if edited:
        lines = [f"ledger/{row['indicator_id']}.csv:{row['row_number']}: {row['claim_id']}" for row in edited]
        raise InputError(
            f"a recorded ledger row was edited: {', '.join(lines[:5])}{' and more' if len(lines) > 5 else ''}: restore "
            "it and say what changed with `signposts correct CLAIM FIELD=VALUE --reason …`, or build the memory of all "
            "ledgers anew with --from-archive"
        )
    return [str(fault["claim_id"]) for fault in faults]


def read_claims(warehouse: Warehouse, as_of: date, now: datetime) -> None:
    """Make the readings of every month end since t0 and of the run's own date, from what was known at each."""
    warehouse.build_table("observe/as_of_date", as_of=as_of)
    make_readings(warehouse, now)


def make_readings(warehouse: Warehouse, now: datetime) -> None:
    """Make the readings of the dates that stand in table as_of_date."""
    warehouse.build_table("observe/last_fetch")
    pool_observations(warehouse, now)
    warehouse.build_table("observe/shown_claim", now=now.replace(tzinfo=None))
    for name in ("chain_link", "reading_claim", "reading"):
        warehouse.build_table(f"observe/{name}")


def read_claims_of_last_release(warehouse: Warehouse, path: Path, as_of: date, now: datetime) -> None:
    """Make the tables UNCHANGED: what the run's date would read had no claim or search come since the last release.

    Empty where there is no release, or the run looks back behind it.
    """
    last, claims, searches = [], [], []
    if path.exists():
        released = Warehouse(path, read_only=True)
        with released.connect():
            last, claims = released.rows(LAST_RELEASE), released.rows("select tracker_id, claim_id, held from claim")
            # A release made before there were searches has no such table.
            if released.has_table("search"):
                searches = released.rows(RELEASED_SEARCH)
    if not last or as_of < last[0]["as_of"]:
        for name in UNCHANGED:
            warehouse.write_rows(name, [])
        return
    warehouse.write_rows("released_claim", claims)
    warehouse.write_rows("released_search", searches)
    news = warehouse.rows(
        "select tracker_id from claim anti join released_claim using (tracker_id, claim_id) union all "
        "select tracker_id from search anti join released_search "
        "using (tracker_id, indicator_id, searched_on, window_from, looked_until)"
    )
    if last[0]["as_of"] == as_of and not news:
        for name in UNCHANGED:
            warehouse.build_table(f"observe/{name}")
        return
    read_without_news(warehouse, last[0]["as_of"], now)


def read_without_news(warehouse: Warehouse, last_as_of: date, now: datetime) -> None:
    """Make the tables UNCHANGED, at both releases' dates, from the claims and searches that the one before holds."""
    with warehouse.aside("before"):
        warehouse.build_table("observe/before/claim", as_of=last_as_of)
        warehouse.build_table("observe/before/search")
        warehouse.build_table("observe/before/as_of_date", as_of=last_as_of)
        pool_observations(warehouse, now)
        frames = {name: warehouse.read_frame(table) for name, table in UNCHANGED.items()}
    for name, frame in frames.items():
        warehouse.write_frame(name, frame)


def pool_observations(warehouse: Warehouse, now: datetime) -> None:
    """Make the reports pooled at every as-of date from the claims that stand."""
    warehouse.build_table("observe/indicator_family")
    warehouse.write_frame("nowcast", nowcasts(warehouse))
    warehouse.build_table("observe/known_claim", now=now.replace(tzinfo=None))
    for name in (
        "bucket_observation",
        "list_search",
        "counted_claim",
        "list_observation",
        "vote_observation",
        "event_observation",
        "observation",
        "earlier_observation",
    ):
        warehouse.build_table(f"observe/{name}")
    warehouse.write_frame("list_completeness", completeness_of_lists(warehouse))


def nowcasts(warehouse: Warehouse) -> Any:
    """Return the nowcast of each growth claim whose months and base are known: claim, months, median, log sd."""
    import numpy as np
    import pandas as pd

    from signposts.scoring.nowcast import nowcast, rounding_half_width

    warehouse.build_table("observe/growth_claim")
    claims = warehouse.read_frame("growth_claim")
    parts = []
    for tracker_id, rows in claims.groupby("tracker_id"):
        kept = "select settings from tracker_setting where tracker_id = $tracker"
        (row,) = warehouse.rows(kept, tracker=str(tracker_id))
        spreads: Mapping[str, float] = json.loads(row["settings"])["scoring"]["nowcast"]
        growth = rows["value"].to_numpy(dtype=np.float64)
        estimate = nowcast(
            rows["base_value"].to_numpy(dtype=np.float64),
            rows["base_part"].to_numpy(dtype=np.float64, na_value=np.nan),
            growth / 100,
            rows["months"].to_numpy(dtype=np.float64),
            half_width=rounding_half_width(growth),
            base_sd=spreads["base_sd"],
            rest_sd=spreads["rest_sd"],
            rest_sd_without_part=spreads["rest_sd_without_part"],
        )
        parts.append(rows[["tracker_id", "claim_id", "months"]].assign(value=estimate.median, log_sd=estimate.log_sd))
    columns = {"tracker_id": "str", "claim_id": "str", "months": "float", "value": "float", "log_sd": "float"}
    empty = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    return pd.concat(parts, ignore_index=True) if parts else empty


def completeness_of_lists(warehouse: Warehouse) -> Any:
    """Return the nodes of the completeness of each list that was searched or closed, and the recapture it is from."""
    import pandas as pd

    from signposts.scoring.completeness import list_completeness

    rows: list[dict[str, Any]] = []
    for search in warehouse.rows("from list_search order by tracker_id, as_of, indicator_id"):
        share = list_completeness(
            search["n_known"], search["n_found"], search["n_both"], (search["reach_low"], search["reach_high"])
        )
        recapture = {name: search[name] for name in (*LIST_KEYS, *RECAPTURE)}
        rows += [
            {**recapture, "node": node, "q": float(q), "weight": float(weight)}
            for node, (q, weight) in enumerate(zip(share.q, share.weight, strict=True), start=1)
        ]
    closed = warehouse.rows("select tracker_id, as_of, indicator_id from observation where kind = 'count'")
    keys = {tuple(row[name] for name in LIST_KEYS) for row in closed}
    rows = [row for row in rows if tuple(row[name] for name in LIST_KEYS) not in keys]
    rows += [dict(zip(LIST_KEYS, key, strict=True)) | {"node": 1, "q": 1.0, "weight": 1.0} for key in sorted(keys)]
    return pd.DataFrame(rows, columns=[*LIST_KEYS, "node", "q", "weight", *RECAPTURE])
