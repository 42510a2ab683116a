"""Ways to spoil the bytes of the publishers of states, launches, strikes and votes, and what the reader must say.

Belongs here: content that is wrong. Not here: faults of transport (server.py).
"""

from typing import Any

from tests.publishers.spoiling import Spoil, of_json, of_text


def only(sign: bytes, spoil: Spoil) -> Spoil:
    """Spoil the documents that hold a sign, and no other."""
    return lambda content: spoil(content) if sign in content else content


def statements(value: Any) -> list[Any]:
    """Return the statements of an office."""
    return next(iter(value["claims"].values()))


def second_holder(value: Any) -> None:
    statements(value)[0]["qualifiers"].pop("P582")
    statements(value)[0]["rank"] = "preferred"


def nobody(value: Any) -> None:
    statements(value)[1]["rank"] = "deprecated"


SATELLITES, LAUNCHES, SITES = b"#JCAT", b"#Launch_Tag", b"#Site"
REACTOR, COUNTRY = b"lblReactorName", b"Invented country"

# source -> fault -> (how to spoil, what the message must say)
CONTENT: dict[str, dict[str, tuple[Spoil, str]]] = {
    "gcat": {
        "missing_column": (only(LAUNCHES, of_text("\tLaunchCode\t", "\tOther\t")), "lacks the column 'LaunchCode'"),
        "shifted_columns": (only(SATELLITES, of_text("#JCAT\tSatcat", "#Satcat\tJCAT")), "in another order"),
        "no_state": (only(SITES, of_text("\tStateCode\t", "\tOther\t")), "lacks the column 'StateCode'"),
        "no_header": (only(SATELLITES, of_text("#JCAT", "JCAT")), "no header"),
        "duplicate_rows": (only(SATELLITES, lambda content: content + content.split(b"\n")[3] + b"\n"), "twice"),
        "future_date": (only(SATELLITES, of_text("2025 Jul 25", "2031 Jul 25")), "future"),
        "out_of_range": (only(SATELLITES, of_text("2024 Nov  4", "2024 Nov 44")), "cannot be used|lacks the launch"),
        "known_launch_gone": (only(SATELLITES, of_text("\t2025-155\t", "\t2025-156\t")), "lacks the launch 2025-155"),
        "known_launch_failed": (only(LAUNCHES, of_text("\tOS\t", "\tOF\t")), "lacks the launch"),
        "known_site_moved": (only(SITES, of_text("(VOST.*)\tRU\t", r"\1\tKZ\t")), "does not place VOST in RU"),
        "truncated": (
            only(SATELLITES, lambda content: content[: len(content) // 8]),
            "lacks the launch|cannot be used",
        ),
    },
    "wikidata": {
        "error_inside": (lambda content: b'{"error": {"code": "no-such-entity"}}', "answers with an error"),
        "missing_column": (of_text('"rank"', '"rang"'), "lacks the field 'rank'"),
        "two_holders": (only(b'"claims"', of_json(second_holder)), "names 2 holders"),
        "nobody": (only(b'"claims"', of_json(nobody)), "names 0 holders"),
        "no_item": (of_text('"id": "Q90000[12]"(?=.*"type": "invented")', '"id": "P1"'), "which is no item"),
        "duplicate_rows": (of_text('"claims":', '"claims": {}, "claims":'), "names a field twice"),
        "truncated": (lambda content: content[:-20], "not JSON"),
        "a_list": (lambda content: b"[]", "not a record"),
    },
    "iaea_pris": {
        "missing_column": (only(REACTOR, of_text("lblGridConnectionDate", "lblOther")), "lacks the part"),
        "another_reactor": (only(REACTOR, of_text("BUSHEHR-2", "BUSHEHR-9")), "about 'BUSHEHR-9'"),
        "another_date": (only(REACTOR, of_text("27 Sep, 2019", "27 Sep, 2018")), "begun on 2018-09-27"),
        "out_of_range": (only(REACTOR, of_text("27 Sep, 2019", "47 Sep, 2019")), "is no day"),
        "future_date": (
            only(REACTOR, of_text('GridConnectionDate">N/A', 'GridConnectionDate">1 Jan, 2031')),
            "future",
        ),
        "error_page": (only(REACTOR, of_text("<body>", "<body>Errorpage")), "reports an error"),
        "known_reactor_gone": (only(COUNTRY, of_text("BUSHEHR-1", "BUSHEHR-9")), "without BUSHEHR-1"),
        "duplicate_rows": (only(REACTOR, of_text("(<td><span.*?</td>)", r"\1\1", count=1)), "two parts"),
        "truncated": (only(REACTOR, lambda content: content[:90]), "lacks the part"),
    },
    "fatf": {
        "no_country_we_know": (of_text("Iran|Democratic People's Republic of Korea", "Elsewhere"), "name neither Iran"),
        "no_headings": (of_text("h3", "p"), "name neither Iran"),
        "truncated": (lambda content: content[:60], "name neither Iran"),
    },
    "voeten_agreement": {
        "missing_column": (of_text('"agree"', '"s_score"'), "lacks the column 'agree'"),
        "other_order": (of_text('"ccode1","ccode2"', '"ccode2","ccode1"'), "another order"),
        "half_marks": (of_text("365,630,0.649|630,365,0.649", "365,630,0.757"), "half marks"),
        "contradiction": (of_text("630,365,0.66,2025", "630,365,0.9,2025"), "gives 2025 twice"),
        "too_short": (of_text(r'"\d+",\d+,\d+,\d+,[\d.]+,201[45],.*\n', ""), "raise `tail_bytes`"),
        "known_year_gone": (of_text(r'"\d+",\d+,(365|630),\d+,[\d.]+,2017,.*\n', ""), "has no 2017"),
        "out_of_range": (of_text("(365,630|630,365),0.7", r"\1,1.7"), "cannot be used"),
        "future_date": (of_text(",2025,", ",2031,"), "future"),
    },
    "ucdp_candidate": {
        "missing_column": (of_text("country_id,region", "country,region"), "lacks the column 'country_id'"),
        "duplicate_rows": (of_text(r'(?m)^("501".*)$', r"\1\n\1"), "twice"),
        "known_day_gone": (of_text("2025-06-13", "2025-06-14"), "no event of 2025-06-13"),
        "out_of_range": (only(b'"501"', of_text('"3","4","2"', '"-3","4","2"')), "cannot be used|no event of"),
        "open_quote": (of_text('"Government of Iran', '"\'Government" of Iran', count=1), "not CSV"),
        "no_file": (only(b"<html", of_text("GEDEvent", "Other")), "links to no candidate file"),
        "truncated": (only(b"relid", lambda content: content[:300]), "lacks the column"),
    },
}
