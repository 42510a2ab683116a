"""What a publisher may say and what becomes of it: the rules, each at the level of the tables that a run leaves.

The shapes are those of recordings; every value is invented.
"""

import base64
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from signposts.cli import app
from signposts.errors import CatalogueError
from signposts.sources.archive import Archive
from signposts.sources.publishers import reader_digest
from tests.publishers import documents, state_documents
from tests.publishers.server import LoopbackPublishers, Reply
from tests.sources.home import Home, attempt_on, failures, outcomes

RATE = "rial_market_rate"
EXPORTS = "imf_exports_russia_to_iran_monthly"
IMPORTS = "imf_imports_russia_from_iran_monthly"

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path, addresses: None, server: LoopbackPublishers, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SIGNPOSTS_HOME", str(tmp_path))
    return Home(tmp_path, server)


def rial(first: date, last: date, start: int = 118_000, code: str = "usd", **changed: float) -> bytes:
    """Return a file of rates that rise by a hundred a day; days named d20260905=… have another rate."""
    days = {}
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        sell = changed.get(f"d{day:%Y%m%d}", start + 100 * step)
        days[f"{day:%Y/%m/%d}"] = {code: {"sell": sell, "buy": sell - 500 if sell > 600 else sell}}
    return json.dumps(days).encode()


def monthly(*values: tuple[str, object], indicator: str = "XG_FOB_USD") -> bytes:
    """Return an IMF answer for Russia and Iran by months."""
    lines = [documents.IMTS_HEADER]
    lines += [documents.imts_line("RUS", indicator, "IRN", "M", period, value) for period, value in values]
    return ("\r\n".join(lines) + "\r\n").encode()


def year_of_months(year: int, scale: float = 1.0, **changed: object) -> list[tuple[str, object]]:
    return [
        (changed.get(f"name{month}", f"{year}-M{month:02}"), (1.6e8 + 1e6 * month) * scale)  # type: ignore[misc]
        for month in range(1, 13)
    ]


# ---- time


def test_a_correction_never_reaches_back_behind_its_publication(home: Home) -> None:
    home.gather("rial_market", "2026-11-22", rial(date(2026, 8, 1), date(2026, 9, 30)))
    (august, _) = home.claims(RATE)
    assert august["published_on"] == date(2026, 9, 1)
    home.gather("rial_market", "2026-11-23", rial(date(2026, 8, 1), date(2026, 9, 30), d20260803=130_000))
    (revised, september) = home.claims(RATE)
    assert revised["value"] != august["value"]
    assert revised["published_on"] == date(2026, 11, 22), "at the fetch before it was not there"
    assert september["published_on"] == date(2026, 10, 1), "what did not change keeps its day"


def test_a_year_that_is_not_over_is_no_claim_about_the_year(home: Home) -> None:
    home.keep_documents("imf_imts", "russia_iran_annual")
    lines = [documents.imts_line("RUS", "XG_FOB_USD", "IRN", "A", str(year), 2e9) for year in (2024, 2025, 2026)]
    home.gather("imf_imts", "2026-11-23", "\r\n".join([documents.IMTS_HEADER, *lines, ""]).encode())
    claims = home.claims("imf_exports_russia_to_iran")
    assert [claim["period_end"] for claim in claims] == [date(2024, 12, 31), date(2025, 12, 31)]
    assert {claim["published_on"] for claim in claims} == {date(2026, 8, 5)}, "the day of the publisher's last update"


def test_a_forecast_is_no_observation_and_is_named(home: Home) -> None:
    def forecast(content: bytes) -> bytes:
        value = json.loads(content)
        for record in value[1]:
            record["obs_status"] = "F" if record["date"] == "2025" else ""
        return json.dumps(value).encode()

    home.server.spoil["world_bank"] = forecast
    run = home.gather("world_bank", "2026-11-23")
    assert "6 forecasts left out" in run.attempts[0].message
    assert max(claim["period_end"] for claim in home.claims("gdp_russia")) == date(2024, 12, 31)


def test_a_month_is_its_whole_length_or_nothing(home: Home) -> None:
    home.gather("rial_market", "2026-11-23", rial(date(2026, 8, 1), date(2026, 9, 20)))
    assert [claim["period_end"] for claim in home.claims(RATE)] == [date(2026, 8, 31)]


def test_after_a_run_under_a_wrong_clock_new_files_give_claims_and_the_old_look_does_not_count(home: Home) -> None:
    home.gather("rial_market", "2027-11-23", rial(date(2026, 8, 1), date(2026, 9, 30), start=110_000))
    run = home.gather("rial_market", "2026-11-24", rial(date(2026, 8, 1), date(2026, 9, 30), start=120_000))
    assert [attempt.fetched_at[:4] for attempt in run.set_aside] == ["2027", "2027"]
    assert [round(claim["value"]) for claim in home.claims(RATE)] == [1_215_000, 1_245_500]
    looked = home.warehouse.rows("select max(fetched_at) as last from fetch_attempt")
    assert looked[0]["last"].year == 2026
    home.gather("rial_market", "2026-11-25", rial(date(2026, 8, 1), date(2026, 9, 30), start=130_000))
    assert [round(claim["value"]) for claim in home.claims(RATE)] == [1_315_000, 1_345_500]


# ---- nothing wrong gets in


def test_a_row_that_is_always_bad_keeps_its_own_value_and_no_other(home: Home) -> None:
    home.keep_documents("imf_imts", "russia_iran_monthly")
    good = [*year_of_months(2025), *year_of_months(2024)]
    home.gather("imf_imts", "2026-11-22", monthly(*good))
    bad = [*good[:5], ("2025-M06", "n/a"), *good[6:]]
    home.gather("imf_imts", "2026-11-23", monthly(*bad))
    home.gather("imf_imts", "2026-11-24", monthly(*bad[:-1]))
    months = [claim["period_start"].month for claim in home.claims(EXPORTS)]
    assert months == [*range(1, 12), *range(1, 13)], "December 2024 is gone, June 2025 is not"


def test_a_changed_grade_reaches_what_was_read_before_and_reaches_back(home: Home) -> None:
    home.keep_documents("imf_imts", "russia_iran_monthly")
    home.gather("imf_imts", "2026-11-22", monthly(*year_of_months(2025)))
    before = home.claims(EXPORTS)
    home.change_source("imf_imts", admiralty={"reliability": "D", "credibility": 4})
    home.gather("imf_imts", "2026-11-23", monthly(*year_of_months(2025)))
    after = home.claims(EXPORTS)
    assert {claim["reliability"] for claim in after} == {"D"}
    assert [claim["published_on"] for claim in after] == [claim["published_on"] for claim in before]
    assert {claim["corrects"] for claim in after} == {claim["claim_id"] for claim in before}


def test_a_row_set_aside_is_not_absent_its_last_good_value_stays(home: Home) -> None:
    home.keep_documents("imf_imts", "russia_iran_monthly")
    home.gather("imf_imts", "2026-11-22", monthly(*year_of_months(2024), *year_of_months(2025)))
    before = {claim["period_start"]: claim["value"] for claim in home.claims(EXPORTS)}
    home.gather("imf_imts", "2026-11-23", monthly(*year_of_months(2024), *year_of_months(2025, name6="2025-M6")))
    assert [row["reason"] for row in home.quarantine("imf_imts")] == ["period '2025-M6' is no month"]
    assert {claim["period_start"]: claim["value"] for claim in home.claims(EXPORTS)} == before


def test_a_row_whose_period_cannot_be_read_keeps_its_own_series_and_no_other(home: Home) -> None:
    home.keep_documents("imf_imts", "russia_iran_monthly")

    def both(*changed: tuple[str, object]) -> bytes:
        exports = monthly(*year_of_months(2024), *year_of_months(2025)[:-1], *changed)
        imports = monthly(*year_of_months(2024), *year_of_months(2025), indicator="MG_CIF_USD")
        return exports + imports.partition(b"\r\n")[2]

    home.gather("imf_imts", "2026-11-22", both(("2025-M12", 1.7e8)))
    cut = both(("2025-M1?", 1.7e8)).replace(b"2025-M12", b"2026-M01")
    home.gather("imf_imts", "2026-11-23", cut)
    exports = [claim["period_start"].isoformat() for claim in home.claims(EXPORTS)]
    assert exports[-2:] == ["2025-11-01", "2025-12-01"], "the row that cannot be read may be December"
    imports = [claim["period_start"].isoformat() for claim in home.claims(IMPORTS)]
    assert imports[-2:] == ["2025-11-01", "2026-01-01"], "December's imports are gone, and no row may be they"
    (kept,) = home.warehouse.rows("from kept_value")
    assert (kept["indicator_id"], kept["period_start"], kept["rows_set_aside"]) == (EXPORTS, date(2025, 12, 1), 1)
    assert kept["reason"] == "period '2025-M1?' is no month"
    home.gather("imf_imts", "2026-11-24", both(("2025-M12", 1.8e8)))
    assert home.warehouse.rows("from kept_value") == []


def test_no_lower_count_comes_of_a_row_that_cannot_be_read(home: Home) -> None:
    home.keep_documents("sipri_arms", "to_iran")
    home.gather("sipri_arms", "2026-11-22")
    before = home.warehouse.rows("select indicator_id, value, category from claim order by all")
    assert before

    def spoilt(content: bytes) -> bytes:
        value = json.loads(content)
        if isinstance(value, dict):
            text = base64.b64decode(value["bytes"]).decode("latin-1").replace("INV-1", "")
            value["bytes"] = base64.b64encode(text.encode("latin-1")).decode()
        return json.dumps(value).encode()

    home.server.spoil["sipri_arms"] = spoilt
    (said,) = failures(home.gather("sipri_arms", "2026-11-23"))
    assert said.startswith("1 of 2 rows cannot be used, for example row 8: designation '' is no text")
    assert said.endswith("what is counted over them would be too low")
    assert home.warehouse.rows("select indicator_id, value, category from claim order by all") == before


def test_a_document_of_which_many_values_are_missing_is_held_whole_until_it_is_accepted(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOSTS_CATALOGUE", str(home.root))
    home.keep_documents("imf_imts", "russia_iran_monthly")
    home.gather("imf_imts", "2026-11-22", monthly(*year_of_months(2024), *year_of_months(2025)))
    cut = monthly(*year_of_months(2024))
    run = home.gather("imf_imts", "2026-11-23", cut)
    (held,) = failures(run)
    assert "held back: 12 of 24 values of the version before are missing" in held
    assert len(home.claims(EXPORTS)) == 24
    done = CliRunner().invoke(app, ["accept", "imf_imts/russia_iran_monthly", "--reason", "2025 was taken back."])
    assert done.exit_code == 0, done.output
    assert "signposts accept imf_imts/russia_iran_monthly" in held
    assert "hit" in outcomes(home.gather("imf_imts", "2026-11-24", cut))
    assert len(home.claims(EXPORTS)) == 12


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 10.0])
def test_a_version_in_another_unit_than_the_one_before_is_held_new_periods_and_all(home: Home, factor: float) -> None:
    home.keep_documents("imf_imts", "russia_iran_monthly")
    home.gather("imf_imts", "2026-11-22", monthly(*year_of_months(2025)))
    later = [*year_of_months(2025, factor), ("2026-M01", 1.61e8 * factor)]
    run = home.gather("imf_imts", "2026-11-23", monthly(*later))
    assert "as if its unit had changed" in failures(run)[0]
    assert max(claim["period_end"] for claim in home.claims(EXPORTS)) == date(2025, 12, 31)


def test_a_step_of_unit_inside_a_file_holds_it_back_unless_it_was_real(home: Home) -> None:
    stepped = {f"d202610{day:02}": 125.0 + day / 10 for day in range(16, 32)}
    body = rial(date(2026, 9, 1), date(2026, 10, 31), 121_000, **stepped)
    run = home.gather("rial_market", "2026-11-23", body)
    assert "usd steps from 125400 to 126.6 on 2026-10-16, as if its unit had changed" in failures(run)[0]
    assert home.claims(RATE) == []
    home.change_source("rial_market", rates={"steps": [date(2026, 10, 16)]})
    assert "hit" in outcomes(home.gather("rial_market", "2026-11-24", body))


def test_an_official_rate_that_steps_by_ten_thousand_is_held(home: Home) -> None:
    home.change_source("bank_of_russia", history={"currencies": ["IRR"]})
    days = [date(2026, 9, 1) + timedelta(days=step) for step in range(60)]
    records = "".join(
        f'<Record Date="{day:%d.%m.%Y}" Id="R01300"><Nominal>{100 if day >= date(2026, 10, 9) else 1_000_000}</Nominal>'
        f"<Value>47,3000</Value></Record>"
        for day in days
        if day.weekday() < 5
    )
    body = f'<ValCurs ID="R01300" DateRange1="01.09.2026" DateRange2="31.10.2026" name="x">{records}</ValCurs>'.encode()
    run = home.gather("bank_of_russia", "2026-11-23", lambda path: body if "dynamic" in path else None)
    assert "IRR steps from 4.73e-05 to 0.473 on 2026-10-09" in failures(run)[0]
    assert home.claims("rial_official_rate") == []


def ofac(renamed: str = "IRAN") -> bytes:
    lines = [
        f'{number},"INVENTED, No. {number}","individual","{("RUSSIA-EO14024", "SDGT", renamed)[number % 3]}",'
        + ",".join(['"-0- "'] * 8)
        for number in range(1, 31)
    ]
    return ("\r\n".join(lines) + "\r\n").encode() + b"\x1a"


def test_a_tag_renamed_in_a_large_part_of_the_list_is_held_and_makes_no_removals(home: Home) -> None:
    home.change_source("ofac_sdn", sdn={"least_entries": 10})
    home.gather("ofac_sdn", "2026-11-22", ofac())
    run = home.gather("ofac_sdn", "2026-11-23", ofac("PERSIA-EO14999"))
    assert "10 of 30 entries have another programme" in failures(run)[0]
    assert "PERSIA-EO14999 instead of IRAN" in failures(run)[0]
    assert [claim["value"] for claim in home.claims("ofac_entries_iran")] == [10]
    assert home.claims("ofac_removals_iran") == []


def test_an_entry_set_aside_is_no_removal_and_the_count_says_that_it_may_be_low(home: Home) -> None:
    home.change_source("ofac_sdn", sdn={"least_entries": 10})
    home.gather("ofac_sdn", "2026-11-22", ofac())
    body = ofac().replace(b'5,"INVENTED, No. 5","individual"', b'5,"INVENTED, No. 5","ghost"')
    home.gather("ofac_sdn", "2026-11-23", body)
    assert home.claims("ofac_removals_iran") == []
    assert home.claims("ofac_entries_iran")[-1]["note"] == "1 entries could not be read: may be too low by as many"


def test_a_year_of_deaths_is_added_up_from_all_events_or_the_country_is_held_back_in_words(home: Home) -> None:
    home.keep_documents("ucdp_ged", "syria")
    event = {"country_id": 652, "type_of_violence": 1, "date_start": "2024-03-01", "date_end": "2024-03-01"}

    def page(count: int, **changed: int) -> bytes:
        events = [{**event, "id": number, "best": 2, "low": 1, "high": 4} for number in range(1, 25)]
        events[3].update(changed)
        answer = {"TotalCount": 24, "TotalPages": 1, "PreviousPageUrl": "", "NextPageUrl": "", "Result": events[:count]}
        return json.dumps(answer).encode()

    home.gather("ucdp_ged", "2026-11-23", page(24))
    assert [claim["value"] for claim in home.claims("syria_fatalities")] == [0.048]
    short = home.gather("ucdp_ged", "2026-12-05", page(23))
    assert failures(short) == ["has 23 of 24 events; the country is held back"]
    bad = home.gather("ucdp_ged", "2026-12-06", page(24, best=9))
    assert "1 of 24 events cannot be used" in failures(bad)[0]
    assert "held back" in failures(bad)[0]
    assert [claim["value"] for claim in home.claims("syria_fatalities")] == [0.048]


def test_a_voting_file_in_which_no_row_of_the_pair_can_be_read_is_a_failure_not_a_hit(home: Home) -> None:
    lines = [documents.VOTES_HEADER]
    for number, day in ((1, "12/2/2025"), (2, "12/3/2025")):
        for member in range(60):
            code = {0: "RUS", 1: "IRN"}.get(member, f"M{member:02}")
            lines.append(f"{number},{code},LAND,Y,{day},80,R,,,,T,,,,60,0,0,0,60,")
    (home.inbox / "2026_10_ga_voting.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = home.gather("un_general_assembly", "2026-11-23")
    assert outcomes(run) == {"failure"}
    assert (
        "has no vote of RUS and IRN that can be used, for example row 2: date '12/2/2025' is no day" in failures(run)[0]
    )


def export(*lines: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("20261122000000.export.CSV"), "\n".join(lines) + "\n")
    return packed.getvalue()


@pytest.mark.parametrize("others", [5, 500])
def test_an_export_file_whose_wanted_rows_are_all_bad_is_refused_and_no_quiet_day_invented(
    home: Home, others: int
) -> None:
    stamp = documents.STAMPS[0]
    wanted = [documents.gdelt_line(n, stamp, *pair).replace("\t1.9\t", "\t1,9\t") for n, pair in enumerate(
        [("RUS", "IRN"), ("IRN", "RUS"), ("RUS", "TUR"), ("CHN", "IRN")]
    )]  # fmt: skip
    rest = [documents.gdelt_line(n + 10, stamp, "USA", "CHN") for n in range(others)]
    body = export(*wanted, *rest)
    run = home.gather("gdelt_events", "2026-11-23", lambda path: body if stamp in path else None)
    spoilt = [attempt for attempt in run.attempts if attempt.document == f"exports/{stamp}"]
    assert [attempt.outcome for attempt in spoilt] == ["failure"]
    listed = home.warehouse.rows("select distinct document from raw_gdelt_events")
    assert len(listed) == len(documents.STAMPS) - 1


# ---- what was asked, and what is said


def test_a_series_that_was_asked_for_and_has_no_row_is_said_in_every_run(home: Home) -> None:
    home.change_source("rial_market", rates={"path": "/data/gregorian_imp.min.json"})
    for day in ("2026-11-23", "2026-11-24"):
        run = home.gather("rial_market", day)
        assert failures(run) == ["rates has no row for rub, which is asked for"]
        assert {"hit", "unchanged"} & outcomes(run)
    assert home.claims(RATE)


def test_a_file_without_any_series_that_was_asked_for_is_a_failure_that_says_so(home: Home) -> None:
    run = home.gather("rial_market", "2026-11-23", rial(date(2026, 8, 1), date(2026, 9, 30), code="eur"))
    assert failures(run) == ["has no rate of usd, rub since 2026-07-01"]


@pytest.mark.parametrize("metadata", [True, False])
def test_the_imf_answers_in_41_columns_with_or_without_rows_of_metadata(home: Home, metadata: bool) -> None:
    home.keep_documents("imf_imts", "russia_iran_monthly")
    body = monthly(*year_of_months(2025))
    if metadata:
        body += (documents.imts_line("", "MG_FOB_USD", "", "", "", "") + "\r\n").encode()
    run = home.gather("imf_imts", "2026-11-23", body)
    assert run.attempts[0].message == "12 rows"
    assert failures(run) == ["russia_iran_monthly has no row for MG_CIF_USD, which is asked for"]
    assert not home.quarantine("imf_imts")


def test_a_header_and_a_line_of_commas_is_an_empty_answer(home: Home) -> None:
    home.keep_documents("imf_imts", "russia_iran_monthly")
    run = home.gather("imf_imts", "2026-11-23", f"{documents.IMTS_HEADER}\n{',' * 40}\n".encode())
    assert "is empty" in failures(run)[0]


def test_no_query_of_ours_provokes_the_refusal_of_brackets(home: Home) -> None:
    assert outcomes(home.gather("gdelt_doc", "2026-11-23")) == {"hit"}
    home.change_source("gdelt_doc", pair={"query": "(russia iran)"})
    with pytest.raises(Exception, match=r"sources\.yaml:\d+: gdelt_doc\.pair\.ask\.query: .*alternatives joined by OR"):
        home.gather("gdelt_doc", "2026-11-24")
    home.change_source("gdelt_doc", pair={"query": "(russia OR moscow) iran"})
    home.gather("gdelt_doc", "2026-11-24")


def test_an_empty_history_is_no_quotes_between_two_days(home: Home) -> None:
    home.change_source("bank_of_russia", history={"currencies": ["IRR"]})
    body = b'<ValCurs ID="R01300" DateRange1="01.07.2026" DateRange2="23.11.2026" name="x"></ValCurs>'
    run = home.gather("bank_of_russia", "2026-11-23", lambda path: body if "dynamic" in path else None)
    assert failures(run) == ["has no quotes of IRR between 01.07.2026 and 23.11.2026"]


def test_the_sanctions_lists_count_the_programmes_that_other_acts_name(home: Home) -> None:
    home.change_source("ofac_sdn", sdn={"least_entries": 1})
    programmes = ["CAATSA - RUSSIA", "CAATSA - IRAN", "MAGNIT", "PEESA-EO14039", "HRIT-IR", "IFCA", "ISA", "CUBA"]
    lines = [
        f'{number},"INVENTED {number}","-0- ","{name}",' + ",".join(['"-0- "'] * 8)
        for number, name in enumerate(programmes, start=1)
    ]
    home.gather("ofac_sdn", "2026-11-23", ("\r\n".join(lines) + "\r\n\x1a").encode())
    assert [home.claims(f"ofac_entries_{name}")[0]["value"] for name in ("iran", "russia")] == [4, 3]


# ---- addresses and identity


def test_the_address_that_was_asked_is_cited_never_the_signed_one_it_led_to(home: Home) -> None:
    signed = "X-Amz-Signature=0123abc&X-Amz-Credential=AKIA0&Expires=9&sig=zz"

    def moved(path: str, attempt: int, good: Reply) -> Reply:
        if path.startswith("/storage"):
            return good
        return Reply(302, {"Location": f"/un_sanctions/storage{path}?{signed}"})

    run = home.gather("un_sanctions", "2026-11-23", fault=moved)
    assert outcomes(run) == {"hit"}
    assert all(str(attempt.url).endswith("/resources/xml/en/consolidated.xml") for attempt in run.attempts)
    kept = b"".join(path.read_bytes() for path in (home.folder / "archive").rglob("*.json*"))
    assert b"0123abc" not in kept
    assert b"AKIA0" not in kept
    (claim,) = home.claims("un_sanctions_entries_iran")
    assert claim["source_url"].endswith("/resources/xml/en/consolidated.xml")


def test_a_changed_ask_reads_the_same_bytes_again(home: Home) -> None:
    home.gather("ofac_sdn", "2026-11-23")
    listed = "select value from raw_ofac_sdn where series = 'iran/listed'"
    (before,) = home.warehouse.rows(listed)
    programmes = {"iran": ["IRAN", "CUBA"], "russia": ["RUSSIA"]}
    home.change_source("ofac_sdn", sdn={"programmes": programmes})
    run = home.gather("ofac_sdn", "2026-11-24", offline=True)
    assert outcomes(run) == {"skipped"}
    (after,) = home.warehouse.rows(listed)
    assert after["value"] == before["value"] + 1000
    again = home.gather("ofac_sdn", "2026-11-25", offline=True)
    assert again.deliveries == [], "once"


def test_a_mended_reader_reads_the_same_bytes_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.gather("rial_market", "2026-11-23")
    assert home.gather("rial_market", "2026-11-24", offline=True).deliveries == []
    monkeypatch.setattr("signposts.sources.source_run.reader_digest", lambda source_id: "another reader")
    assert len(home.gather("rial_market", "2026-11-25", offline=True).deliveries) == 1


@pytest.mark.parametrize(
    ("edited", "is_another"),
    [("rial_market/client.py", True), ("strict.py", True), ("fields.py", True), ("gcat/client.py", False)],
)
def test_a_reader_is_its_own_code_and_what_all_readers_share(
    monkeypatch: pytest.MonkeyPatch, edited: str, is_another: bool
) -> None:
    before, read = reader_digest.__wrapped__("rial_market"), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * path.as_posix().endswith(f"/{edited}"))
    assert (reader_digest.__wrapped__("rial_market") != before) == is_another


def candidate_files(*months: str, strikes: dict[str, str]) -> Callable[[str], bytes]:
    """Return answers of the publisher of strikes: a file a month, its strikes on the days given."""

    def answer(path: str) -> bytes:
        if path.endswith("/downloads/"):
            links = "".join(f'<a href="GEDEvent_v26_0_{int(month[5:])}.csv">file</a>' for month in months)
            return f"<html><body>{links}</body></html>".encode()
        month = f"2026-{int(path.rsplit('_', 1)[1].removesuffix('.csv')):02}"
        found = [
            (700 + place, day, attacker)
            for place, (day, attacker) in enumerate(sorted(strikes.items()))
            if day[:7] == month
        ]
        return state_documents.candidate_file(found, month)

    return answer


CLAIMED = (
    "select claim_id, version, kind, category, period_start, value, status, searched_until, published_on, recorded_at, "
    "superseded_by from claim where source_id = $source order by all"
)


def test_a_rebuild_brings_back_every_state_that_files_read_together_have_had(home: Home) -> None:
    israel, america = "Government of Israel", "Government of United States of America"
    asked = {"from_year": 2026, "anchors": [date(2026, 1, 20)]}
    home.change_source("ucdp_candidate", strikes_on_iran=asked)
    first = {"2026-01-20": israel}
    home.gather("ucdp_candidate", "2026-03-10", candidate_files("2026-01", strikes=first))
    home.gather("ucdp_candidate", "2026-04-10", candidate_files("2026-01", "2026-02", strikes=first))
    again = first | {"2026-02-03": america, "2026-04-28": israel}
    four = ("2026-01", "2026-02", "2026-03", "2026-04")
    home.gather("ucdp_candidate", "2026-05-20", candidate_files(*four, strikes=again))
    revised = first | {"2026-04-25": israel}
    home.gather("ucdp_candidate", "2026-06-20", candidate_files(*four, strikes=revised))
    before = home.warehouse.rows(CLAIMED, source="ucdp_candidate")
    assert {str(row["searched_until"]) for row in before} >= {"2026-01-31", "2026-02-28", "2026-04-30"}
    assert "withdrawn" in {row["status"] for row in before}
    home.gather("ucdp_candidate", "2026-06-21", offline=True, from_archive=True)
    assert home.warehouse.rows(CLAIMED, source="ucdp_candidate") == before
    home.gather("ucdp_candidate", "2026-06-22", candidate_files(*four, strikes=revised))
    assert home.warehouse.rows(CLAIMED, source="ucdp_candidate") == before, "the next run changes nothing"


def test_a_rebuild_brings_back_every_count_of_deaths_that_pages_added_up_to(home: Home) -> None:
    home.keep_documents("ucdp_ged", "syria")

    def second_page(change: Callable[[list[dict[str, int]]], None], total: int = 1500) -> Callable[[bytes], bytes]:
        def spoil(content: bytes) -> bytes:
            answer = json.loads(content)
            if len(answer["Result"]) < 1000:
                change(answer["Result"])
            return json.dumps({**answer, "TotalCount": total}).encode()

        return spoil

    home.gather("ucdp_ged", "2026-09-01")
    home.server.spoil["ucdp_ged"] = second_page(lambda events: events[0].update(best=500, high=501))
    home.gather("ucdp_ged", "2026-10-01")
    home.server.spoil["ucdp_ged"] = second_page(lambda events: events.pop(), 1499)
    home.gather("ucdp_ged", "2026-11-01")
    before = home.warehouse.rows(CLAIMED, source="ucdp_ged")
    assert max(row["version"] for row in before) == 3
    home.gather("ucdp_ged", "2026-11-02", offline=True, from_archive=True)
    assert home.warehouse.rows(CLAIMED, source="ucdp_ged") == before


# ---- one boundary a source


@pytest.mark.parametrize("when", ["fetch", "read", "replay", "write"])
def test_whatever_goes_wrong_with_one_source_is_its_own_failure(
    home: Home, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from signposts.sources.publishers import publisher

    client = publisher("rial_market")
    home.gather("rial_market", "2026-11-23", rial(date(2026, 8, 1), date(2026, 9, 30)))

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("of our own")

    if when == "fetch":
        monkeypatch.setattr(client, "gather", broken)
    elif when in {"read", "replay"}:
        monkeypatch.setattr(client, "read", broken)
    else:
        monkeypatch.setattr("signposts.gather.delivered_rows", broken)
    new = rial(date(2026, 8, 1), date(2026, 10, 31))
    run = home.gather("rial_market", "2026-11-24", new, from_archive=when == "replay")
    assert any("this program failed on it: ZeroDivisionError: of our own" in message for message in failures(run))


def test_an_archive_of_documents_that_nobody_asks_for_any_more_and_of_odd_lines_stops_nothing(home: Home) -> None:
    home.gather("rial_market", "2026-11-23")
    archive = Archive(home.folder / "archive")
    archive.record(attempt_on("2026-11-23", source_id="rial_market", document="renamed", sha256="ab" * 32))
    with archive.log_path("rial_market").open("ab") as log:
        log.write(b'{"source_id": "rial_market", "document": 5, "url": null, "fetched_at": 7, "outcome": "hit"}\n')
    run = home.gather("rial_market", "2026-11-24", from_archive=True)
    assert failures(run) == []
    assert home.claims(RATE)


def test_a_text_that_cannot_be_shown_is_set_aside_by_name_and_the_others_come_in(home: Home) -> None:
    home.keep_documents("imf_imts", "russia_iran_monthly")
    lines = monthly(*year_of_months(2024), *year_of_months(2025)).splitlines(keepends=True)
    lines[3] = lines[3].replace(b",M,OL,", b",\x07,OL,")
    run = home.gather("imf_imts", "2026-11-23", b"".join(lines))
    assert failures(run) == ["russia_iran_monthly has no row for MG_CIF_USD, which is asked for"]
    (row,) = home.quarantine("imf_imts")
    assert row["reason"] == "derivation_type holds a character that cannot be shown"
    assert (row["series"], row["period_start"]) == ("XG_FOB_USD", date(2024, 3, 1))
    assert "\\\\u0007" in row["raw"]
    assert len(home.claims(EXPORTS)) == 23


def test_a_lone_surrogate_in_a_publishers_name_of_a_field_is_shown_and_stops_nothing(home: Home) -> None:
    home.server.spoil["world_bank"] = lambda content: content.replace(b'"decimal"', b'"\\ud800decimal"')
    run = home.gather("world_bank", "2026-11-23")
    assert "new field '\\\\ud800decimal', ignored" in run.attempts[0].message or "ud800" in run.attempts[0].message
    assert home.claims("gdp_russia")
    assert home.warehouse.rows("select message from fetch_attempt where source_id = 'world_bank'")


def test_two_series_of_one_source_that_feed_one_indicator_are_a_fault(home: Home) -> None:
    text = (home.root / "sources.yaml").read_text(encoding="utf-8")
    changed = text.replace("indicator: gdp_iran, series: IRN", "indicator: gdp_russia, series: IRN")
    assert changed != text
    (home.root / "sources.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(CatalogueError, match="'gdp_russia' is fed by another series of the source as well"):
        home.gather("world_bank", "2026-11-23")


def test_a_sanctions_list_that_a_person_downloaded_is_taken_from_the_inbox(home: Home) -> None:
    home.change_source("ofac_sdn", sdn={"least_entries": 10})
    (home.inbox / "SDN.CSV").write_bytes(ofac())
    os.utime(home.inbox / "SDN.CSV", (1.79e9, 1.79e9))
    run = home.gather("ofac_sdn", "2026-11-23", fault=lambda path, attempt, good: Reply(403))
    assert outcomes(run) == {"hit"}
    assert str(run.attempts[0].url).endswith("ofac.treas.gov/api/download/SDN.CSV")
    later = home.gather("ofac_sdn", "2026-11-24", fault=lambda path, attempt, good: Reply(403))
    assert failures(later) == ["HTTP 403: the publisher refuses us"], "an old file is no look of today"


def test_an_archive_that_is_gone_is_missed_even_offline(home: Home) -> None:
    home.gather("rial_market", "2026-11-23")
    shutil.move(home.folder / "archive", home.folder / "elsewhere")
    run = home.gather("rial_market", "2026-11-24", offline=True)
    assert "has no log of it: was it moved, or deleted?" in failures(run)[0]
    assert home.claims(RATE), "the rows that the warehouse has stay"


def test_the_doctor_names_attempts_that_a_wrong_clock_dated_after_now(home: Home) -> None:
    Archive(home.folder / "archive").record(attempt_on("2099-01-01", source_id="rial_market"))
    done = CliRunner().invoke(app, ["doctor"])
    assert "an attempt at rial_market is dated after now and set aside: the clock was wrong" in done.output
