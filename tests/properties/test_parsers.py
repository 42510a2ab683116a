"""Properties of the readers: whatever bytes come, they understand or refuse; and what they understand, they keep.

All numbers are made up by the test.
"""

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signposts.catalogue.models import Source
from signposts.errors import SourceChanged, SourceUnavailable
from signposts.sources.bank_of_russia import client as bank_of_russia
from signposts.sources.gdelt_doc import client as gdelt_doc
from signposts.sources.gdelt_events import client as gdelt_events
from signposts.sources.imf_imts import client as imf_imts
from signposts.sources.ofac_sdn import client as ofac_sdn
from signposts.sources.options import ask_model, asks_of
from signposts.sources.publishers import PUBLISHERS, publisher
from signposts.sources.rial_market import client as rial_market
from signposts.sources.strict import ParseResult
from signposts.sources.ucdp_ged import client as ucdp_ged
from signposts.sources.un_comtrade import client as un_comtrade
from signposts.sources.un_general_assembly import client as un_general_assembly
from signposts.sources.un_sanctions import client as un_sanctions
from signposts.sources.world_bank import client as world_bank
from tests.publishers import documents, state_documents
from tests.publishers.catalogue import real_sources
from tests.publishers.documents import TODAY
from tests.publishers.spoiling import zipped

SOURCES = real_sources()


def eased(source: Source) -> Source:
    """Return the source without a least number of entries, so that small documents are whole ones."""
    first = source.documents[0]
    ask = {**first.ask, "least_entries": 0} if "least_entries" in first.ask else first.ask
    return source.model_copy(update={"documents": (first.model_copy(update={"ask": ask}), *source.documents[1:])})


QUERY = {
    "date": "2023:2025",
    "startPeriod": "2024",
    "date_req": "23/11/2026",
    "VAL_NM_RQ": "R01235",
    "page": "0",
    "date_req1": "01/10/2026",
    "date_req2": "20/11/2026",
    "query": "invented",
    "startdatetime": "20261101000000",
    "Country": "652",
    "enddatetime": "20261110000000",
    "reporterCode": "643",
    "partnerCode": "364",
    "period": "2021",
    "cmdCode": "TOTAL",
    "flowCode": "X,M",
}
REGISTER = json.dumps({"filters": [{}, {"listData": [1050412]}]}).encode()
# source -> (document, valid bytes) pairs that the mutations start from
VALID: dict[str, list[tuple[str, bytes]]] = {
    "world_bank": [
        ("gdp", documents.world_bank(QUERY, "/v2/country/RUS;IRN;USA;CHN;IND;TUR/indicator/NY.GDP.MKTP.CD"))
    ],
    "imf_imts": [("russia_iran_annual", documents.imf_imts(QUERY, "/x/RUS.XG_FOB_USD+MG_CIF_USD.IRN.A"))],
    "bank_of_russia": [
        ("history/daily", documents.bank_of_russia(QUERY, "XML_daily.asp")),
        ("history/USD", documents.bank_of_russia(QUERY, "XML_dynamic.asp")),
    ],
    "ofac_sdn": [("sdn", documents.ofac_sdn({}, "", 36, 60))],
    "un_sanctions": [("consolidated", documents.un_sanctions({}, ""))],
    "gdelt_doc": [("pair", documents.gdelt_doc(QUERY, ""))],
    "gdelt_events": [
        ("exports/index", documents.gdelt_events({}, "masterfilelist.txt")),
        ("exports/20261122000000", documents.gdelt_export("20261122000000")),
    ],
    "rial_market": [("rates", json.dumps({"2026/09/05": {"usd": {"sell": 90000, "buy": 89900}}}).encode())],
    "sipri_arms": [
        ("to_iran/countries", documents.sipri_arms({}, "getAllCountriesTrimmed")),
        ("to_iran", documents.sipri_arms({}, "", REGISTER)),
    ],
    "un_comtrade": [("russia_reports/2021", documents.un_comtrade(QUERY, ""))],
    "ucdp_ged": [
        (
            "syria/0",
            documents.ucdp_ged(QUERY, "")[:0]
            + b'{"TotalCount":0,"TotalPages":0,"PreviousPageUrl":"","NextPageUrl":"","Result":[]}',
        )
    ],
    "un_general_assembly": [("agreement", documents.un_general_assembly())],
    "gcat": [
        (f"iranian_satellites/{part}", state_documents.gcat({}, f"/{part}.tsv"))
        for part in ("satcat", "launch", "sites")
    ],
    "wikidata": [
        (
            "president_iran/statements",
            state_documents.wikidata({"action": "wbgetclaims", "entity": "Q794", "property": "P6"}, ""),
        ),
        ("president_iran", state_documents.wikidata({"action": "wbgetentities", "ids": "Q900002"}, "")),
    ],
    "iaea_pris": [
        ("bushehr/reactor", state_documents.iaea_pris({}, "/ReactorDetails.aspx")),
        ("bushehr/country", state_documents.iaea_pris({}, "/CountryDetails.aspx")),
    ],
    "fatf": [("black_list/2026-10", state_documents.fatf({}, ""))],
    "voeten_agreement": [
        ("russia_iran/header", state_documents.voeten_agreement({}, "", {"range": "bytes=0-400"})),
        ("russia_iran", state_documents.voeten_agreement({}, "", {"range": "bytes=-9000"})),
    ],
    "ucdp_candidate": [
        ("strikes_on_iran/index", state_documents.ucdp_candidate({}, "/downloads/")),
        ("strikes_on_iran/v26_01_26_06", state_documents.ucdp_candidate({}, "GEDEvent_v26_01_26_06.csv")),
    ],
}


@st.composite
def damaged(draw: st.DrawFn, valid: bytes) -> bytes:
    """Valid bytes of which a stretch is cut out, doubled or overwritten, some bytes at a time."""
    payload = valid
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, max(len(payload) - 1, 0)))
        end = min(start + draw(st.integers(0, 40)), len(payload))
        put = draw(st.one_of(st.just(b""), st.just(payload[start:end] * 2), st.binary(max_size=12)))
        payload = payload[:start] + put + payload[end:]
    return payload


LEAF = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}), st.just([[]])
)


@st.composite
def retyped(draw: st.DrawFn, valid: bytes) -> bytes:
    """A valid JSON document in which something, anywhere, is something else."""
    value = json.loads(valid)
    top: Any = [value]
    holder = top
    key: Any = 0
    for _ in range(draw(st.integers(0, 6))):
        inside = holder[key]
        if not isinstance(inside, dict | list) or not inside:
            break
        holder, key = inside, draw(st.sampled_from(list(inside) if isinstance(inside, dict) else range(len(inside))))
    holder[key] = draw(LEAF)
    return json.dumps(top[0]).encode()


def spoilt(payload: bytes) -> st.SearchStrategy[bytes]:
    """Return documents near a valid one."""
    return st.one_of(damaged(payload), retyped(payload)) if payload[:1] in (b"{", b"[") else damaged(payload)


def whatever(source_id: str) -> st.SearchStrategy[tuple[str, bytes]]:
    cases = [
        st.tuples(st.just(document), st.one_of(st.binary(max_size=200), spoilt(payload)))
        for document, payload in VALID[source_id]
    ]
    return st.one_of(cases)


def read(source_id: str, document: str, payload: bytes) -> ParseResult:
    """Return what a publisher's client reads in a document that the catalogue asks for."""
    ask = asks_of(source_id, eased(SOURCES[source_id]))[document.partition("/")[0]]
    result: ParseResult = publisher(source_id).read(ask, document, payload, TODAY, None)
    return result


def ask_for(source_id: str, **values: Any) -> Any:
    """Return what the catalogue asks of a publisher first, with other values."""
    return ask_model(source_id).model_validate({**SOURCES[source_id].documents[0].ask, **values})


def understands_or_refuses(source_id: str, document: str, payload: bytes) -> None:
    try:
        result = read(source_id, document, payload)
    except (SourceChanged, SourceUnavailable):
        return
    assert isinstance(result, ParseResult)


def test_every_publisher_has_a_valid_document_here() -> None:
    assert set(VALID) == set(PUBLISHERS)
    for source_id, cases in VALID.items():
        for document, payload in cases:
            read(source_id, document, payload)


def check(examples: int, source_id: str) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=whatever(source_id))
    def any_bytes(case: tuple[str, bytes]) -> None:
        understands_or_refuses(source_id, *case)

    any_bytes()


@pytest.mark.parametrize("source_id", PUBLISHERS)
def test_any_bytes_are_understood_or_refused_by_name(source_id: str) -> None:
    check(60, source_id)


@pytest.mark.nightly
@pytest.mark.parametrize("source_id", PUBLISHERS)
def test_ten_thousand_documents_are_understood_or_refused_by_name(source_id: str) -> None:
    check(10_000, source_id)


# ---- nothing is lost or changed

YEARS = st.integers(2010, 2025)
DAYS = st.dates(date(2024, 1, 1), date(2026, 11, 20))
few = settings(max_examples=40, deadline=None)


def values_of(result: ParseResult, *key: str) -> dict[Any, Any]:
    return {tuple(row[name] for name in key): row["value"] for row in result.rows}


@few
@given(st.dictionaries(YEARS, st.floats(1e6, 1e15), min_size=1))
def test_world_bank_keeps_every_value(values: dict[int, float]) -> None:
    rows = [
        {
            "indicator": {"id": "X", "value": "GDP (current US$)"},
            "country": {"id": "AA", "value": "A"},
            "countryiso3code": "AAA",
            "date": str(year),
            "value": value,
            "unit": "",
            "obs_status": "",
            "decimal": 0,
        }
        for year, value in values.items()
    ]
    about = {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows), "sourceid": "2", "lastupdated": "2026-10-07"}
    ask = ask_for("world_bank", indicator="X", countries=["AAA"])
    result = world_bank.read(ask, "a document", json.dumps([about, rows]).encode(), TODAY, None)
    assert values_of(result, "period_start") == {(date(year, 1, 1),): value for year, value in values.items()}


@few
@given(st.dictionaries(st.tuples(YEARS, st.integers(1, 12)), st.integers(0, 10**13), min_size=1))
def test_imf_keeps_every_month(values: dict[tuple[int, int], int]) -> None:
    lines = [documents.IMTS_HEADER] + [
        documents.imts_line("AAA", "XG_FOB_USD", "BBB", "M", f"{year}-M{month:02}", value)
        for (year, month), value in values.items()
    ]
    ask = ask_for("imf_imts", country="AAA", counterpart="BBB", frequency="M")
    result = imf_imts.read(ask, "a document", "\n".join(lines).encode(), TODAY, None)
    assert values_of(result, "period_start") == {(date(*key, 1),): value for key, value in values.items()}
    assert {row["derivation_type"] for row in result.rows} == {"M"}
    assert {row["published_on"] for row in result.rows} == {date(2026, 8, 5)}


@few
@given(st.dictionaries(DAYS, st.tuples(st.integers(1, 10**9), st.sampled_from([1, 100, 100_000])), min_size=1))
def test_bank_of_russia_divides_every_value_by_its_nominal(values: dict[date, tuple[int, int]]) -> None:
    records = "".join(
        f'<Record Date="{day:%d.%m.%Y}" Id="R1"><Nominal>{nominal}</Nominal><Value>{value // 10000},{value % 10000:04}'
        f"</Value></Record>"
        for day, (value, nominal) in values.items()
    )
    result = bank_of_russia.parse_history(f'<ValCurs ID="R1">{records}</ValCurs>'.encode(), "AAA", TODAY)
    assert values_of(result, "period_start") == {
        (day,): pytest.approx(value / 10000 / nominal, rel=1e-12) for day, (value, nominal) in values.items()
    }


@few
@given(st.integers(1, 10**7), st.integers(3, 6))
def test_the_rate_of_one_unit_may_be_written_with_an_exponent(value: int, zeros: int) -> None:
    nominal = 10**zeros
    unit = f"{value / 10000 / nominal:.6E}".replace(".", ",")
    payload = (
        f'<ValCurs Date="23.11.2026" name="x"><Valute ID="R01300"><NumCode>1</NumCode><CharCode>AAA</CharCode>'
        f"<Nominal>{nominal}</Nominal><Name>x</Name><Value>{value // 10000},{value % 10000:04}</Value>"
        f"<VunitRate>{unit}</VunitRate></Valute></ValCurs>"
    )
    (row,) = bank_of_russia.parse_daily(payload.encode(), TODAY).rows
    assert row["value"] == pytest.approx(value / 10000 / nominal, rel=1e-12)


@few
@given(st.dictionaries(DAYS, st.integers(0, 10**6), min_size=1))
def test_gdelt_keeps_every_day(values: dict[date, int]) -> None:
    data = [{"date": f"{day:%Y%m%d}T000000Z", "value": value, "norm": 10**7} for day, value in values.items()]
    payload = json.dumps({"timeline": [{"series": "Article Count", "data": data}]}).encode()
    result = gdelt_doc.read(ask_for("gdelt_doc"), "a document", payload, TODAY, None)
    assert values_of(result, "period_start") == {(day,): value for day, value in values.items()}


@few
@given(st.dictionaries(DAYS, st.integers(1, 10**8), min_size=1))
def test_rial_market_keeps_every_day(values: dict[date, int]) -> None:
    payload = {f"{day:%Y/%m/%d}": {"usd": {"name": "x", "sell": sell, "buy": sell}} for day, sell in values.items()}
    ask = ask_for("rial_market", currencies=["usd"])
    result = rial_market.read(ask, "a document", json.dumps(payload).encode(), TODAY, None)
    assert values_of(result, "period_start") == {(day,): sell for day, sell in values.items()}


@few
@given(st.dictionaries(st.sampled_from(["X", "M"]), st.floats(0, 1e13)))
def test_comtrade_keeps_every_flow(values: dict[str, float]) -> None:
    data = [{**documents.comtrade_record(QUERY, flow), "primaryValue": value} for flow, value in values.items()]
    payload = json.dumps({"count": len(data), "data": data, "error": ""}).encode()
    result = un_comtrade.read(ask_for("un_comtrade"), "trade/2021", payload, TODAY, None)
    assert values_of(result, "series") == {(flow,): value for flow, value in values.items()}


@few
@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30))
def test_ucdp_keeps_every_event(deaths: list[tuple[int, int, int]]) -> None:
    result_list = [
        {
            "id": number,
            "country_id": 652,
            "type_of_violence": 1,
            "date_start": "2024-05-01",
            "date_end": "2024-05-01",
            "best": low + more,
            "low": low,
            "high": low + more + most,
        }
        for number, (low, more, most) in enumerate(deaths, start=1)
    ]
    page = {"TotalCount": len(deaths), "TotalPages": 1, "PreviousPageUrl": "", "NextPageUrl": "", "Result": result_list}
    result = ucdp_ged.read(ask_for("ucdp_ged"), "events/0", json.dumps(page).encode(), TODAY, None)
    assert [row["value"] for row in result.rows] == [low + more for low, more, _ in deaths]
    assert [row["value_low"] for row in result.rows] == [low for low, _, _ in deaths]


@few
@given(
    st.dictionaries(st.integers(1, 10**6), st.lists(st.sampled_from(["IRAN", "SDGT", "CUBA"]), min_size=1, max_size=3))
)
def test_the_sanctions_list_counts_every_entry_once(entries: dict[int, list[str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for number, programmes in entries.items():
        writer.writerow([number, 'A "NAME", INVENTED', "-0- ", "] [".join(programmes), *["-0- "] * 8])
    payload = out.getvalue().encode() + b"\x1a"
    if not entries:
        payload = b"\r\n\x1a"
        with pytest.raises(SourceChanged):
            ofac_sdn.parse(b"", ask_for("ofac_sdn", least_entries=0))
        return
    listed = ofac_sdn.parse(payload, ask_for("ofac_sdn", least_entries=0))
    assert {row["ent_num"]: list(row["programmes"]) for row in listed.rows} == entries
    (row,) = ofac_sdn.count(listed.rows, None, {"all": ["IRAN"]}, TODAY)
    assert row["value"] == sum("IRAN" in programmes for programmes in entries.values())


@few
@given(st.lists(st.sampled_from(["IRi", "IRe", "QDi"]), min_size=1, max_size=30))
def test_the_consolidated_list_counts_every_entry(references: list[str]) -> None:
    entries = "".join(
        f"<INDIVIDUAL><DATAID>{number}</DATAID><UN_LIST_TYPE>L</UN_LIST_TYPE><REFERENCE_NUMBER>{reference}.{number:03}"
        f"</REFERENCE_NUMBER><LISTED_ON>2012-01-01</LISTED_ON></INDIVIDUAL>"
        for number, reference in enumerate(references, start=1)
    )
    payload = f'<CONSOLIDATED_LIST dateGenerated="2026-11-20"><INDIVIDUALS>{entries}</INDIVIDUALS></CONSOLIDATED_LIST>'
    listed, day = un_sanctions.parse(payload.encode(), ask_for("un_sanctions", least_entries=1), TODAY)
    every, iran = un_sanctions.count(listed.rows, {"iran": ["IRi", "IRe"]}, day)
    assert (every["value"], iran["value"]) == (len(references), sum(name != "QDi" for name in references))


@few
@given(st.lists(st.tuples(st.sampled_from(["AAA", "BBB", "CCC", ""]), st.sampled_from(["AAA", "BBB", ""])), min_size=1))
def test_gdelt_keeps_every_event_between_the_pair_and_no_other(pairs: list[tuple[str, str]]) -> None:
    lines = [documents.gdelt_line(number, "20261122000000", *pair) for number, pair in enumerate(pairs)]
    result = gdelt_events.parse(
        zipped(("\n".join(lines) + "\n").encode()), ask_for("gdelt_events", pairs={"pair": ["AAA", "BBB"]}), TODAY
    )
    kept = [(row["actor1"], row["actor2"]) for row in result.rows if row["event_id"] is not None]
    assert kept == [pair for pair in pairs if set(pair) == {"AAA", "BBB"}]
    assert all(row["event_code"] == "042" for row in result.rows if row["event_id"] is not None)


FIELDS = ["AAA", "BBB", "aaa", "AAAA", "", "1", "12x", "\u0661", "9" * 16, "\u00e9", "a\tb", "a\nb", "\x00", "\r"]
MEND = st.tuples(st.integers(0, 60), st.sampled_from(FIELDS))


@few
@given(
    st.lists(st.tuples(st.sampled_from(["AAA", "BBB", "CCC", ""]), st.sampled_from(["AAA", "BBB", ""]))),
    st.lists(st.tuples(st.integers(0, 9), MEND), max_size=2),
    st.sampled_from(["", "\n", "\n\n", "\t\n", "x"]),
)
def test_gdelt_lines_read_all_together_are_read_as_one_by_one(
    pairs: list[tuple[str, str]], mends: list[tuple[int, tuple[int, str]]], tail: str
) -> None:
    lines = [documents.gdelt_line(number, "20261122000000", *pair).split("\t") for number, pair in enumerate(pairs)]
    for place, (field, text) in mends:
        if place < len(lines):
            lines[place][field] = text
    content = ("\n".join("\t".join(line) for line in lines) + tail).encode()

    def read() -> Any:
        try:
            return gdelt_events.parse_export(content, ask_for("gdelt_events", pairs={"pair": ["AAA", "BBB"]}), TODAY)
        except SourceChanged as error:
            return str(error)

    together = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gdelt_events, "_lines_of_pairs", lambda content, pairs: None)
        assert read() == together


def test_gdelt_lines_in_order_are_not_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gdelt_events, "_every_line", lambda text: pytest.fail("read line by line"))
    lines = [documents.gdelt_line(number, "20261122000000", "AAA", other) for number, other in enumerate(["BBB", ""])]
    result = gdelt_events.parse_export(
        "\n".join(lines).encode(), ask_for("gdelt_events", pairs={"pair": ["AAA", "BBB"]}), TODAY
    )
    assert ([row["row_number"] for row in result.rows], result.judged) == ([1], 2)


VOTE = st.sampled_from("YNAX")


@few
@given(st.lists(st.tuples(YEARS, VOTE, VOTE), min_size=1, max_size=40))
def test_votes_alike_are_counted_over_those_cast_by_both(votes: list[tuple[int, str, str]]) -> None:
    lines = [documents.VOTES_HEADER] + [
        f"{number},{code},Land,{vote},{year}-12-01,80,R,,,,T,,,,1.0,1.0,0.0,0.0,2.0,https://example.org"
        for number, (year, first, second) in enumerate(votes)
        for code, vote in (("AAA", first), ("BBB", second))
    ]
    expected: dict[int, tuple[int, int]] = {}
    for year, first, second in votes:
        if "X" not in (first, second):
            alike, trials = expected.get(year, (0, 0))
            expected[year] = alike + (first == second), trials + 1
    payload = ("\n".join(lines) + "\n").encode()
    ask = ask_for("un_general_assembly", pair=["AAA", "BBB"])
    if not expected:
        with pytest.raises(SourceChanged, match="no vote of AAA and BBB"):
            un_general_assembly.read(ask, "a document", payload, TODAY, None)
        return
    result = un_general_assembly.read(ask, "a document", payload, TODAY, None)
    assert {
        row["period_start"].year: (round(row["value"] * row["trials"]), row["trials"]) for row in result.rows
    } == expected


CUTS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("in the middle of a line", lambda content: content[:-25]),
    (
        "after a whole line of an unfinished resolution",
        lambda content: b"\r\n".join(content.split(b"\r\n")[:-2]) + b"\r\n",
    ),
    ("in its header", lambda content: content[:60]),
]


@pytest.mark.parametrize("cut", [cut for _, cut in CUTS], ids=[name for name, _ in CUTS])
def test_a_voting_file_that_was_not_downloaded_whole_is_refused(cut: Callable[[bytes], bytes]) -> None:
    ask = ask_for("un_general_assembly")
    with pytest.raises(SourceChanged, match="download"):
        un_general_assembly.read(ask, "a document", cut(documents.un_general_assembly()), TODAY, None)


def test_a_year_that_is_not_over_may_be_spoken_of_but_the_next_may_not() -> None:
    ask = ask_for("gdelt_doc")
    for days, refused in ((0, False), (2, True)):
        data = [{"date": f"{TODAY + timedelta(days=days):%Y%m%d}T000000Z", "value": 1, "norm": 2}]
        payload = json.dumps({"timeline": [{"series": "Article Count", "data": data}]}).encode()
        if refused:
            with pytest.raises(SourceChanged, match="future"):
                gdelt_doc.read(ask, "a document", payload, TODAY, None)
        else:
            assert len(gdelt_doc.read(ask, "a document", payload, TODAY, None).rows) == 1
