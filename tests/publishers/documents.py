"""Valid answers in the shape of each publisher's recordings. TEST DATA: every value here is invented.

Belongs here: bytes as a publisher would send them: fields, order, types, encodings, preambles and oddities as recorded.
Where each shape was seen stands in the publisher's recordings.md. Not here: serving the bytes, or spoiling them.
"""

import base64
import csv
import io
import json
import zipfile
from datetime import date, timedelta

from tests.publishers import state_documents

TODAY = date(2026, 11, 23)


def world_bank(query: dict[str, str], path: str) -> bytes:
    first, _, last = query["date"].partition(":")
    countries = path.split("/")[3].split(";")
    rows = [
        {
            "indicator": {"id": path.split("/")[5], "value": "GDP (current US$)"},
            "country": {"id": code[:2], "value": f"Land {code}"},
            "countryiso3code": code,
            "date": str(year),
            "value": None if year == int(last) else 1.5e11 + 1e9 * year + 7e9 * order,
            "unit": "",
            "obs_status": "",
            "decimal": 0,
        }
        for order, code in enumerate(countries)
        for year in range(int(last), int(first) - 1, -1)
    ]
    about = {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows), "sourceid": "2", "lastupdated": "2026-10-07"}
    return json.dumps([about, rows]).encode()


IMTS_HEADER = (
    "DATAFLOW,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE,PRECISION,"
    "DECIMALS_DISPLAYED,TRADE_FLOW,VALUATION,UNIT,DERIVATION_TYPE,OVERLAP,STATUS,DOI,FULL_DESCRIPTION,AUTHOR,PUBLISHER,"
    "DEPARTMENT,CONTACT_POINT,TOPIC,TOPIC_DATASET,KEYWORDS,KEYWORDS_DATASET,LANGUAGE,PUBLICATION_DATE,UPDATE_DATE,"
    "METHODOLOGY,METHODOLOGY_NOTES,ACCESS_SHARING_LEVEL,ACCESS_SHARING_NOTES,SECURITY_CLASSIFICATION,SOURCE,"
    "SHORT_SOURCE_CITATION,FULL_SOURCE_CITATION,LICENSE,SUGGESTED_CITATION,KEY_INDICATOR,SERIES_NAME"
)
IMTS_METADATA = (
    ',,,,INV,DEP,mail@example.org,F10_I,"L81,F10_I",,INV,EN,2026-08-05T23:36:59.553138600Z,'
    '2026-08-05T23:36:59.603105500Z,IMTS,,PUBLIC_OPEN,,PUB,,Invented,,(c) Invented,"Invented. Accessed on [current '
    'date].",true,"Invented, US dollar"'
)


def imts_line(country: str, indicator: str, partner: str, frequency: str, period: str, value: object) -> str:
    """Return a line of observation, or of metadata if there is neither period nor value."""
    flow, valuation, _ = indicator.split("_")
    return (
        f"IMF.STA:IMTS(1.0.0),{country},{indicator},{partner},{frequency},{period},{value},6,,,{flow},{valuation},USD,"
        f"{'M,OL' if period else ','},{IMTS_METADATA}"
    )


def imf_imts(query: dict[str, str], path: str) -> bytes:
    country, indicators, partner, frequency = path.rsplit("/", 1)[1].split(".")
    first = int(query["startPeriod"])
    lines = [IMTS_HEADER]
    for order, indicator in enumerate(indicators.split("+")):
        for year in range(first, TODAY.year):
            periods = [str(year)] if frequency == "A" else [f"{year}-M{month:02}" for month in range(1, 13)]
            for place, period in enumerate(periods):
                value = 2_000_000_000 + 1_000_003 * (year - first) + 500_000_000 * order + place
                lines.append(imts_line(country, indicator, partner, frequency, period, value))
    lines.append(imts_line("", "MG_FOB_USD", "", "", "", ""))
    return ("\r\n".join(lines) + "\r\n").encode()


CURRENCIES = (
    ("R01235", "840", "USD", 1, "81,1291", "81,1291"),
    ("R01239", "978", "EUR", 1, "93,6274", "93,6274"),
    ("R01300", "364", "IRR", 1_000_000, "58,8139", "5,88139E-05"),
)


def bank_of_russia(query: dict[str, str], path: str) -> bytes:
    if path.endswith("XML_daily.asp"):
        day, month, year = query["date_req"].split("/")
        body = "".join(
            f'<Valute ID="{identifier}"><NumCode>{number}</NumCode><CharCode>{code}</CharCode>'
            f"<Nominal>{nominal}</Nominal><Name>Валюта {code}</Name>"
            f"<Value>{value}</Value><VunitRate>{unit}</VunitRate></Valute>"
            for identifier, number, code, nominal, value, unit in CURRENCIES
        )
        text = f'<ValCurs Date="{day}.{month}.{year}" name="Foreign Currency Market">{body}</ValCurs>'
    else:
        identifier = query["VAL_NM_RQ"]
        start = date(*reversed([int(part) for part in query["date_req1"].split("/")]))
        end = date(*reversed([int(part) for part in query["date_req2"].split("/")]))
        records = []
        # Quotes stand for Tuesday to Saturday.
        for step in range((end - start).days + 1):
            if (start + timedelta(days=step)).weekday() in (0, 6):
                continue
            value = 50 + step / 100
            stated = f"{value:.4f}".replace(".", ",")
            records.append(
                f'<Record Date="{start + timedelta(days=step):%d.%m.%Y}" Id="{identifier}"><Nominal>1</Nominal>'
                f"<Value>{stated}</Value><VunitRate>{stated}</VunitRate></Record>"
            )
        text = (
            f'<ValCurs ID="{identifier}" DateRange1="{start:%d.%m.%Y}" DateRange2="{end:%d.%m.%Y}" '
            f'name="Foreign Currency Market Dynamic">{"".join(records)}</ValCurs>'
        )
    return f'<?xml version="1.0" encoding="windows-1251"?>{text}'.encode("windows-1251")


def ofac_sdn(query: dict[str, str], path: str, first: int = 36, last: int = 6036) -> bytes:
    programmes = ("SDGT", "IRAN", "RUSSIA-EO14024", "IRAN-EO13902] [SDGT", "UKRAINE-EO13661", "CUBA")
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for number in range(first, last):
        kind = "individual" if number % 3 else "-0- "
        writer.writerow(
            [number, f"INVENTED NAME, No. {number}", kind, programmes[number % 6], *["-0- "] * 7, "A remark, invented."]
        )
    return out.getvalue().encode() + b"\x1a"


def un_sanctions(query: dict[str, str], path: str) -> bytes:
    def entry(tag: str, number: int) -> str:
        reference = f"{'IRe' if tag == 'ENTITY' and number % 2 else 'QDi'}.{number:03}"
        alias = f"<{tag}_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Alias {number}</ALIAS_NAME></{tag}_ALIAS>"
        return (
            f"<{tag}><DATAID>{690000 + number}</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>Invented {number}"
            f"</FIRST_NAME><UN_LIST_TYPE>Invented list</UN_LIST_TYPE><REFERENCE_NUMBER>{reference}</REFERENCE_NUMBER>"
            f"<LISTED_ON>2011-06-{number % 28 + 1:02}</LISTED_ON><COMMENTS1>Invented.</COMMENTS1>{alias}</{tag}>"
        )

    individuals = "".join(entry("INDIVIDUAL", number) for number in range(250))
    entities = "".join(entry("ENTITY", number) for number in range(250, 400))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><CONSOLIDATED_LIST '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" dateGenerated="2026-11-20T00:00:00.000Z">'
        f"<INDIVIDUALS>{individuals}</INDIVIDUALS><ENTITIES>{entities}</ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def gdelt_doc(query: dict[str, str], path: str) -> bytes:
    if "(" in query["query"] and " OR " not in query["query"]:
        return b"Parentheses may only be used around OR'd statements.\n"
    start = date.fromisoformat(query["startdatetime"][:8])
    end = date.fromisoformat(query["enddatetime"][:8])
    data = [
        {"date": f"{start + timedelta(days=step):%Y%m%d}T000000Z", "value": 12 + step % 7, "norm": 34567 + step}
        for step in range((end - start).days)
    ]
    return json.dumps({"timeline": [{"series": "Article Count", "data": data}]}).encode()


def gdelt_line(number: int, stamp: str, actor1: str, actor2: str) -> str:
    fields = [""] * 61
    fields[0] = str(1_100_000_000 + int(stamp[4:12]) * 10 + number)
    fields[1], fields[2], fields[3], fields[4] = stamp[:8], stamp[:6], stamp[:4], "2026.89"
    fields[5], fields[7], fields[15], fields[17] = f"{actor1}GOV", actor1, f"{actor2}GOV", actor2
    fields[25], fields[26], fields[27], fields[28], fields[29] = "1", "042", "042", "04", str(number % 4 + 1)
    fields[30], fields[31], fields[32], fields[33], fields[34] = "1.9", "10", "1", "10", "-2.5"
    fields[59], fields[60] = stamp, "https://example.org/invented"
    return "\t".join(fields)


def gdelt_export(stamp: str) -> bytes:
    pairs = [
        ("RUS", "IRN"),
        ("IRN", "RUS"),
        ("RUS", "TUR"),
        ("USA", "CHN"),
        ("", "IRN"),
        ("CHN", "IRN"),
        ("IND", "RUS"),
    ]
    lines = [gdelt_line(number, stamp, *pair) for number, pair in enumerate(pairs)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        member = zipfile.ZipInfo(f"{stamp}.export.CSV", date_time=(2026, 11, 22, 0, 0, 0))
        archive.writestr(member, "\n".join(lines) + "\n")
    return packed.getvalue()


# Four files of one day are enough: a day that lacks files is a fact of this publisher.
STAMPS = tuple(f"{TODAY - timedelta(days=1):%Y%m%d}{quarter}" for quarter in ("000000", "001500", "120000", "234500"))


def gdelt_events(query: dict[str, str], path: str) -> bytes:
    import hashlib

    if path.endswith("masterfilelist.txt"):
        lines = ["cut-off-line.zip"]
        for stamp in STAMPS:
            export = gdelt_export(stamp)
            address = f"http://data.gdeltproject.org/gdeltv2/{stamp}"
            md5 = hashlib.md5(export, usedforsecurity=False).hexdigest()
            lines.append(f"{len(export)} {md5} {address}.export.CSV.zip")
            lines.append(f"100 {'0' * 32} {address}.mentions.CSV.zip")
            lines.append(f"100 {'0' * 32} {address}.gkg.csv.zip")
        return ("\n".join(lines) + "\n").encode()
    return gdelt_export(path.rsplit("/", 1)[1][:14])


def rial_market(query: dict[str, str], path: str) -> bytes:
    days = {}
    for step in range(1060):
        day = date(2023, 12, 30) + timedelta(days=step)
        usd = 50_000 + 100 * step
        days[f"{day:%Y/%m/%d}"] = {
            "usd": {"sell": usd, "buy": usd - 150},
            "eur": {"sell": usd + 4000, "buy": usd + 3900},
            "gbp": {"sell": usd + 9000, "buy": usd + 8900},
        }
        if "_all" in path:
            # The main currencies' file has no rouble.
            days[f"{day:%Y/%m/%d}"]["rub"] = {"sell": 600 + step, "buy": 590 + step}
            days[f"{day:%Y/%m/%d}"]["azadi1"] = {"sell": 190_000_000 + step, "buy": 189_000_000 + step}
    return json.dumps(days).encode()


SIPRI_HEADER = (
    "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,"
    "Deliveries in the Year Range, ,"
    "Year(s) of delivery,status,Comments,SIPRI TIV per unit,SIPRI TIV for total order,SIPRI TIV of delivered weapons"
)


SIPRI_PREAMBLE = [
    "Transfers of major conventional arms from All countries  to Invented . Deals with deliveries made for the year "
    "range '2010' to '2026' ",
    "A '?' in a column indicates uncertain data. The 'Deliveries in the Year Range' and the 'Year(s) of deliveries' "
    "refer only to deliveries in the selected year(s).",
    "SIPRI trend-indicator values (TIVs) are in millions.",
    "",
    "Source: invented, in the shape of the SIPRI Arms Transfers Database.",
    "Data generated: 28 Sep 2026 9:10:31 AM",
]


def sipri_arms(query: dict[str, str], path: str, body: bytes = b"") -> bytes:
    names = {"Iran": 1050412, "Russia": 1050481, "Turkiye": 1050503}
    if path.endswith("getAllCountriesTrimmed"):
        countries = [
            {"EntityId": number, "Name": name, "CountryCode": name[:3].upper(), "deleted": False}
            for name, number in names.items()
        ]
        gone = {"EntityId": 1050001, "Name": "Iran", "CountryCode": "IRN", "deleted": True}
        return json.dumps([gone, *countries]).encode()
    chosen = json.loads(body)["filters"][1]["listData"][0]
    recipient = next(name for name, number in names.items() if number == chosen)
    supplier = "Russia" if recipient == "Iran" else "Iran"
    lines = [
        *SIPRI_PREAMBLE,
        SIPRI_HEADER,
        f'{recipient},{supplier},2019,,12,?,INV-1,"missile, invented",12,,2020; 2021,New,"Invented, Türkei",1.5,18,18',
        f"{recipient},{supplier},2022,?,24,,INV-2,trainer aircraft,6,,2023; 2024,New,,4,96,24",
        f"{recipient},China,2020,,2,,INV-3,radar,2,,2021,New,,3,6,6",
    ]
    packed = base64.b64encode(("\r\n".join(lines) + "\r\n").encode("latin-1")).decode()
    return json.dumps({"bytes": packed}).encode()


def comtrade_record(query: dict[str, str], flow: str) -> dict[str, object]:
    year = int(query["period"])
    return {
        "typeCode": "C",
        "freqCode": "A",
        "refPeriodId": year * 10000 + 101,
        "refYear": year,
        "refMonth": 52,
        "period": str(year),
        "reporterCode": int(query["reporterCode"]),
        "reporterISO": "AAA",
        "reporterDesc": "Invented",
        "flowCode": flow,
        "flowDesc": "Flow",
        "partnerCode": int(query["partnerCode"]),
        "partnerISO": "BBB",
        "partner2Code": 0,
        "classificationCode": "H6",
        "isOriginalClassification": True,
        "cmdCode": query["cmdCode"],
        "aggrLevel": 0,
        "isLeaf": False,
        "customsCode": "C00",
        "mosCode": "0",
        "motCode": 0,
        "qtyUnitCode": -1,
        "qty": 0,
        "isQtyEstimated": False,
        "altQtyUnitCode": -1,
        "netWgt": 0,
        "grossWgt": 0,
        "cifvalue": None,
        "fobvalue": 1.0,
        "primaryValue": 1_234_567.5 + year,
        "legacyEstimationFlag": 0,
        "isReported": False,
        "isAggregate": True,
    }


def un_comtrade(query: dict[str, str], path: str) -> bytes:
    reported = int(query["period"]) <= 2021
    data = [comtrade_record(query, flow) for flow in query["flowCode"].split(",")] if reported else []
    return json.dumps({"elapsedTime": "0.09 secs", "count": len(data), "data": data, "error": ""}).encode()


def ucdp_ged(query: dict[str, str], path: str) -> bytes:
    page, total = int(query["page"]), 1500
    first = page * 1000
    events = [
        {
            "id": int(query["Country"]) * 1_000_000 + number,
            "year": 2020 + number % 5,
            "type_of_violence": number % 3 + 1,
            "conflict_name": "Invented",
            "dyad_name": "Invented",
            "side_a": "A",
            "side_b": "B",
            "country": "Invented",
            "country_id": int(query["Country"]),
            "latitude": 1.0,
            "longitude": 2.0,
            "date_start": f"{2020 + number % 5}-03-01T00:00:00",
            "date_end": f"{2020 + number % 5}-03-02T00:00:00",
            "best": number % 9,
            "high": number % 9 + 2,
            "low": 0,
        }
        for number in range(first, min(first + 1000, total))
    ]
    return json.dumps(
        {"TotalCount": total, "TotalPages": 2, "PreviousPageUrl": "", "NextPageUrl": "", "Result": events}
    ).encode()


VOTES_HEADER = (
    "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,committee_report,meeting,title,agenda_title,subjects,"
    "vote_note,total_yes,total_no,total_abstentions,total_non_voting,total_ms,undl_link"
)


def un_general_assembly() -> bytes:
    lines = [VOTES_HEADER]
    for number in range(40):
        year = 2022 + number % 4
        for code in ("RUS", "IRN", "USA"):
            vote = {"RUS": "Y", "IRN": "YNAX"[number % 4 if number % 8 < 4 else 0], "USA": "N"}[code]
            lines.append(
                f'{4000000 + number},{code},"LAND, {code}",{vote},{year}-12-0{number % 9 + 1},80,A/RES/80/{number},,,,'
                f'"Title, invented",,,,1.0,1.0,0.0,1.0,3.0,https://example.org/{number}'
            )
    return ("\r\n".join(lines) + "\r\n").encode()


PUBLISHERS = {
    "world_bank": world_bank,
    "imf_imts": imf_imts,
    "bank_of_russia": bank_of_russia,
    "ofac_sdn": ofac_sdn,
    "un_sanctions": un_sanctions,
    "gdelt_doc": gdelt_doc,
    "gdelt_events": gdelt_events,
    "rial_market": rial_market,
    "sipri_arms": sipri_arms,
    "un_comtrade": un_comtrade,
    "ucdp_ged": ucdp_ged,
    **state_documents.PUBLISHERS,
}
CONTENT_TYPES = {
    "world_bank": "application/json;charset=utf-8",
    "imf_imts": "application/vnd.sdmx.data+csv;version=1.0.0",
    "bank_of_russia": "application/xml; charset=windows-1251",
    "ofac_sdn": "text/csv",
    "un_sanctions": "text/xml",
    "gdelt_doc": "application/json; charset=utf-8",
    "gdelt_events": "application/zip",
    "rial_market": "text/plain; charset=utf-8",
    "sipri_arms": "application/json; charset=utf-8",
    "un_comtrade": "application/json; charset=utf-8",
    "ucdp_ged": "application/json; charset=utf-8",
    **state_documents.CONTENT_TYPES,
}
