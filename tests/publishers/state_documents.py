"""Valid answers of the publishers of states, launches, strikes and votes. TEST DATA.

Names and numbers are invented, but for the launches, days and shares that sources.yaml asks to find.

Belongs here: bytes as such a publisher would send them, in the shape that the recordings.md beside each client names.
Not here: serving them, or spoiling them.
"""

import json
from collections.abc import Iterable
from datetime import date

SATELLITE_HEADER = (
    "#JCAT\tSatcat\tLaunch_Tag\tPiece\tType\tName\tPLName\tLDate\tParent\tSDate\tPrimary\tDDate\tStatus\tDest\tOwner\t"
    "State\tManufacturer\tBus\tMotor\tMass\tMassFlag\tDryMass\tDryFlag\tTotMass\tTotFlag\tLength\tLFlag\tDiameter\t"
    "DFlag\tSpan\tSpanFlag\tShape\tODate\tPerigee\tPF\tApogee\tAF\tInc\tIF\tOpOrbit\tOQUAL\tAltNames"
)
LAUNCHES = {"2024-039": date(2024, 2, 29), "2024-199": date(2024, 11, 4), "2025-155": date(2025, 7, 25)}
LAUNCH_HEADER = (
    "#Launch_Tag\tLaunch_JD\tLaunch_Date\tLV_Type\tVariant\tFlight_ID\tFlight\tMission\tFlightCode\tPlatform\t"
    "Launch_Site\tLaunch_Pad\tAscent_Site\tAscent_Pad\tApogee\tApoflag\tRange\tRangeFlag\tDest\tOrbPay\tAgency\t"
    "LaunchCode\tFailCode\tGroup\tCategory\tLTCite\tCite\tNotes"
)
SITE_HEADER = "#Site\tCode\tUCode\tType\tStateCode\tTStart\tTStop\tShortName\tName\tLocation"


def gcat_day(day: date) -> str:
    return f"{day:%Y %b} {day.day:2}"


def satellite(number: int, tag: str, day: date, state: str, kind: str = "P") -> str:
    """A row of 33 fields under a header of 42: number and mark of a measure share one field, as in the copy of 2026."""
    fields = [
        f"S9{number:04}",
        f"9{number:04}",
        tag,
        f"{tag}{chr(64 + number % 26)}",
        f"{kind:<12}",
        f"Invented {number}",
    ]
    fields += ["-", gcat_day(day), "-", gcat_day(day), "Earth", "-", "O", "-", "INV", state, "INV", "Cube", "-"]
    return "\t".join([*fields, *["     1.0 ?"] * 14])


def gcat(query: dict[str, str], path: str) -> bytes:
    if path.endswith("satcat.tsv"):
        rows = [satellite(1, "2024-001", date(2024, 1, 3), "US"), satellite(2, "2024-199", LAUNCHES["2024-199"], "RU")]
        rows += [satellite(3 + place, tag, day, "IR") for place, (tag, day) in enumerate(LAUNCHES.items())]
        rows += [satellite(8, "2024-199", LAUNCHES["2024-199"], "IR")]
        rows += [satellite(10 + place, "2024-199", LAUNCHES["2024-199"], "RU", "D  X    ?") for place in range(30)]
        return "\n".join([SATELLITE_HEADER, *rows, ""]).encode()
    if path.endswith("launch.tsv"):
        # Rows of 26 fields under a header of 28, as in the copy of 2026.
        codes = dict(zip(LAUNCHES, ("OS", "OS", "OS95"), strict=True))
        rows = [
            "\t".join([f"{tag} ", "2460000.0 ", f"{gcat_day(day)} 0100:00", *["-"] * 7, "VOST", *["-"] * 8, codes[tag]])
            + "\t-" * 6
            for tag, day in LAUNCHES.items()
        ]
        # A missile without an exact day, as many are.
        rows.append("\t".join(["2024-S01  ", "2460310.5 ", "2024", *["-"] * 7, "INV-1", *["-"] * 8, "MS", *["-"] * 6]))
        return "\n".join([LAUNCH_HEADER, "# Updated 2026 Nov 20 0100:00", *rows, ""]).encode()
    sites = (("GIK-1", "RU"), ("GIK-5", "RU"), ("VOST", "RU"), ("INV-1", "IR"), ("NIIP-5", "SU"))
    rows = [
        "\t".join([name, "-", name, "LS", state, "1990", "*", "Invented", "Invented", "-"]) for name, state in sites
    ]
    return "\n".join([SITE_HEADER, "# Updated 2026 Nov 20 0100:00", *rows, ""]).encode()


def wikidata(query: dict[str, str], path: str) -> bytes:
    holders = {"Q159": ("Q900001", "Vladimir Putin"), "Q794": ("Q900002", "Masoud Pezeshkian")}
    if query["action"] == "wbgetclaims":
        holder, _ = holders[query["entity"]]
        statements = [
            statement(query["property"], "Q900009", "normal", ended=True),
            statement(query["property"], holder, "preferred"),
        ]
        return json.dumps({"claims": {query["property"]: statements}}).encode()
    label = next(name for item, name in holders.values() if item == query["ids"])
    entity = {"type": "item", "id": query["ids"], "labels": {"en": {"language": "en", "value": label}}}
    return json.dumps({"entities": {query["ids"]: entity}, "success": 1}).encode()


def statement(name: str, item: str, rank: str, ended: bool = False) -> dict[str, object]:
    def snak(key: str, value: dict[str, object]) -> dict[str, object]:
        return {"snaktype": "value", "property": key, "datavalue": {"value": value, "type": "invented"}}

    def moment(key: str, day: str) -> list[dict[str, object]]:
        return [snak(key, {"time": f"+{day}T00:00:00Z", "precision": 11})]

    qualifiers = {"P580": moment("P580", "2001-01-01")}
    if ended:
        qualifiers["P582"] = moment("P582", "2005-01-01")
    value: dict[str, object] = {"entity-type": "item", "id": item}
    return {
        "mainsnak": snak(name, value),
        "type": "statement",
        "rank": rank,
        "qualifiers": qualifiers,
        "id": "invented",
    }


def span(name: str, text: str) -> str:
    return f'<td><span id="MainContent_MainContent_{name}">{text}</span></td>'


def iaea_pris(query: dict[str, str], path: str) -> bytes:
    if path.endswith("CountryDetails.aspx"):
        links = "".join(
            f'<tr><td><a id="MainContent_MainContent_rptCountryReactors_hypReactorName_{place}" href="javascript:'
            f'__doPostBack(&#39;ctl00$MainContent$rptCountryReactors$ctl0{place}$hypReactorName&#39;,&#39;&#39;)">'
            f"BUSHEHR-{place + 1}</a></td><td>PWR</td></tr>"
            for place in range(2)
        )
        return f"<!DOCTYPE html><html><body><h1>Invented country</h1>{links}</body></html>".encode()
    parts = {
        "lblReactorName": "BUSHEHR-2",
        "lblReactorStatus": "Under Construction",
        "lblConstructionStartDate": "27 Sep, 2019",
        "lblConstrSuspendedDate": "",
        "lblFirstCriticality": "N/A",
        "lblGridConnectionDate": "N/A",
    }
    table = "".join(span(name, text) for name, text in parts.items())
    return f"<!DOCTYPE html><html><body><table><tr>{table}</tr></table></body></html>".encode()


def fatf(query: dict[str, str], path: str) -> bytes:
    countries = ("Democratic People's Republic of Korea", "Iran", "Inventia")
    body = "".join(f"<h3><b>{name}</b></h3><p>Invented words about it.</p>" for name in countries)
    return f"<!DOCTYPE html><html><body><h1>Call for action</h1>{body}</body></html>".encode()


AGREEMENT = {2014: 0.7, 2015: 0.649, 2016: 0.635, 2017: 0.658, 2018: 0.696, 2019: 0.687}
AGREEMENT |= {2020: 0.70, 2021: 0.71, 2022: 0.69, 2023: 0.68, 2024: 0.70, 2025: 0.66}
AGREEMENT_HEADER = '"","session.x","ccode1","ccode2","agree","year","IdealPointFP.x","NVotesFP.x","IdealPointFP.y"'


def voeten_agreement(query: dict[str, str], path: str, headers: dict[str, str]) -> bytes:
    lines = [AGREEMENT_HEADER]
    for year, share in AGREEMENT.items():
        for one, other in ((2, 20), (365, 630), (630, 365)):
            value = share if one != 2 else 0.5
            lines.append(f'"{len(lines)}",{year - 1945},{one},{other},{value},{year},0.1,80,0.2')
    whole = ("\n".join(lines) + "\n").encode()
    wanted = headers.get("range", "").removeprefix("bytes=")
    if wanted.startswith("-"):
        # The cut goes through the header, as a cut of the real file goes through some line.
        return whole[3:]
    return whole[: int(wanted.partition("-")[2]) + 1]


CANDIDATE_HEADER = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,"
    "dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,"
    "number_of_sources,source_article,source_office,source_date,source_headline,source_original,where_prec,"
    "where_coordinates,where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,"
    "region,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,"
    "high,low,gwnoa,gwnob"
)
FILES = ("25_01_25_12", "26_01_26_06", *(f"26_0_{month}" for month in range(1, 11)))
STRIKES = (
    (501, "2025-06-13", "Government of Israel"),
    (502, "2025-06-20", "Government of Israel"),
    (503, "2026-02-28", "Government of United States of America"),
    (504, "2026-04-02", "Government of Israel"),
    (505, "2026-06-27", "Government of United States of America"),
)


def candidate_file(rows: Iterable[tuple[int, str, str]], first: str) -> bytes:
    def line(number: int, day: str, attacker: str, country: int, kind: int) -> str:
        values = {
            "id": number,
            "type_of_violence": kind,
            "conflict_name": "Invented, with a comma",
            "dyad_name": f"Government of Iran - {attacker}",
            "side_a": "Government of Iran",
            "side_b": attacker,
            "country": "Invented",
            "country_id": country,
            "date_start": f"{day} 00:00:00.000",
            "date_end": f"{day} 00:00:00.000",
            "best": 3,
            "high": 4,
            "low": 2,
        }
        return ",".join(f'"{values.get(name, "")}"' for name in CANDIDATE_HEADER.split(","))

    body = [line(number, day, attacker, 630, 1) for number, day, attacker in rows]
    body += [line(900 + place, f"{first}-01", "Invented rebels", 645, 1) for place in range(20)]
    return "\n".join([CANDIDATE_HEADER, *body, ""]).encode()


def ucdp_candidate(query: dict[str, str], path: str) -> bytes:
    if path == "/downloads/":
        links = "".join(f'<a href="/downloads/candidateged/GEDEvent_v{name}.csv">file</a>' for name in FILES)
        return f"<!DOCTYPE html><html><body>{links}</body></html>".encode()
    version = path.rsplit("GEDEvent_v", 1)[1].removesuffix(".csv").split("_")
    if version[1] == "0":
        months = [f"20{version[0]}-{int(version[2]):02}"]
    else:
        months = [f"20{version[0]}-{month:02}" for month in range(int(version[1]), int(version[3]) + 1)]
    return candidate_file([strike for strike in STRIKES if strike[1][:7] in months], months[0])


PUBLISHERS = {
    "gcat": gcat,
    "wikidata": wikidata,
    "iaea_pris": iaea_pris,
    "fatf": fatf,
    "voeten_agreement": voeten_agreement,
    "ucdp_candidate": ucdp_candidate,
}
CONTENT_TYPES = {
    "gcat": "text/tab-separated-values",
    "wikidata": "application/json; charset=utf-8",
    "iaea_pris": "text/html; charset=utf-8",
    "fatf": "text/html; charset=utf-8",
    "voeten_agreement": "text/csv",
    "ucdp_candidate": "text/csv",
}
