"""Ways to spoil a publisher's bytes: each takes the good bytes of one document and returns bad ones.

Belongs here: content that is wrong. Not here: faults of transport (server.py), or what is expected of the reader.
"""

import base64
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

from tests.publishers.documents import gdelt_export

Spoil = Callable[[bytes], bytes]
Change = Callable[[Any], None]


def of_json(change: Change) -> Spoil:
    def spoil(content: bytes) -> bytes:
        value = json.loads(content)
        change(value)
        return json.dumps(value).encode()

    return spoil


def of_records(pick: Callable[[Any], list[Any] | None], change: Change) -> Spoil:
    """Change each record of a JSON document; a document without records stays as it is."""

    def spoil(content: bytes) -> bytes:
        value = json.loads(content)
        records = pick(value)
        if records is None:
            return content
        for record in records:
            change(record)
        return json.dumps(value).encode()

    return spoil


def doubling(
    pick: Callable[[Any], list[Any] | None], count: Callable[[Any, int], None] = lambda value, more: None
) -> Spoil:
    """Give the first record with a value twice, and keep the announced count right."""

    def spoil(content: bytes) -> bytes:
        value = json.loads(content)
        records = pick(value)
        if not records:
            return content
        records.append(next(record for record in records if record.get("value", 0) is not None))
        count(value, 1)
        return json.dumps(value).encode()

    return spoil


def setting(**values: Any) -> Change:
    return lambda record: record.update(values)


def without(name: str) -> Change:
    return lambda record: record.pop(name)


def of_text(
    pattern: str, replacement: str | Callable[[re.Match[str]], str], encoding: str = "utf-8", count: int = 0
) -> Spoil:
    """Replace by pattern; a document in which it does not occur stays as it is."""
    return lambda content: re.sub(pattern, replacement, content.decode(encoding), count=count).encode(encoding)


def zipped(content: bytes, name: str = "20261122000000.export.CSV") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        member = zipfile.ZipInfo(name, date_time=(2026, 11, 22, 0, 0, 0))
        archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def relisted(index: bytes, spoil: Spoil) -> bytes:
    """Return the list of files with the sums of the spoilt ones, so that the reader itself must see what is wrong."""
    lines = []
    for line in index.decode().splitlines():
        stamp = re.search(r"(\d{14})\.export", line)
        if stamp:
            size, _, address = line.split(" ")
            line = f"{size} {hashlib.md5(spoil(gdelt_export(stamp[1])), usedforsecurity=False).hexdigest()} {address}"
        lines.append(line)
    return ("\n".join(lines) + "\n").encode()


def of_export(change: Callable[[list[list[str]]], None], name: str = "20261122000000.export.CSV") -> Spoil:
    """Change the lines of an export file."""

    def spoil(content: bytes) -> bytes:
        if not content.startswith(b"PK"):
            return relisted(content, spoil)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            text = archive.read(archive.namelist()[0]).decode()
        lines = [line.split("\t") for line in text.splitlines()]
        change(lines)
        return zipped("".join("\t".join(line) + "\n" for line in lines).encode(), name)

    return spoil


def of_zip(change: Spoil) -> Spoil:
    """Change an export file's bytes as a whole."""
    return lambda content: change(content) if content.startswith(b"PK") else relisted(content, change)


def of_register(pattern: str, replacement: str, count: int = 0) -> Spoil:
    """Change the CSV inside a register's base64."""

    def spoil(content: bytes) -> bytes:
        value = json.loads(content)
        if not isinstance(value, dict):
            return content
        text = base64.b64decode(value["bytes"]).decode("latin-1")
        changed = re.sub(pattern, replacement, text, count=count)
        return json.dumps({"bytes": base64.b64encode(changed.encode("latin-1")).decode()}).encode()

    return spoil


def each(change: Callable[[list[str]], None]) -> Callable[[list[list[str]]], None]:
    def apply(lines: list[list[str]]) -> None:
        for line in lines:
            change(line)

    return apply


def put(place: int, value: str) -> Callable[[list[str]], None]:
    def change(line: list[str]) -> None:
        line[place] = value

    return change


def second_part(value: Any) -> list[Any]:
    return value[1]


def timeline(value: Any) -> list[Any]:
    return value["timeline"][0]["data"]


def data(value: Any) -> list[Any]:
    return value["data"]


def events(value: Any) -> list[Any]:
    return value["Result"]


def dollars(value: Any) -> list[Any]:
    return [day["usd"] for day in value.values()]


def rename_last_day(value: Any) -> None:
    value["2031/01/01"] = value.pop(max(value))


def more_total(value: Any, more: int) -> None:
    value[0]["total"] += more


def more_count(value: Any, more: int) -> None:
    value["count"] += more


def in_thousands(value: Any, since: str) -> None:
    for day, rates in value.items():
        if day >= since:
            for rate in rates.values():
                rate.update(sell=rate["sell"] / 1000, buy=rate["buy"] / 1000)


def drop(value: Any, *codes: str) -> None:
    for rates in value.values():
        for code in codes:
            rates.pop(code, None)


CP1251 = "windows-1251"

# source -> fault -> (how to spoil, what the message must say)
CONTENT: dict[str, dict[str, tuple[Spoil, str]]] = {
    "world_bank": {
        "missing_column": (of_records(second_part, without("unit")), "lacks the field 'unit'"),
        "changed_unit": (of_records(second_part, setting(unit="EUR")), "another unit"),
        "changed_unit_in_name": (of_text(r"current US\$", "constant LCU"), "another unit"),
        "duplicate_rows": (doubling(second_part, more_total), "twice"),
        "out_of_range": (of_records(second_part, lambda r: r.update(value=r["value"] and -5.0)), "cannot be used"),
        "future_date": (of_records(second_part, lambda r: r.update(date=str(int(r["date"]) + 20))), "future"),
        "error_array": (
            lambda content: b'[{"message":[{"id":"120","value":"Invalid value"}]}]',
            "answers with an error",
        ),
        "second_page": (of_json(lambda value: value[0].update(pages=2)), "page 1 of 2"),
        "fewer_rows_than_announced": (of_json(lambda value: value[1].pop()), "announces"),
        "unasked_country": (of_records(second_part, setting(countryiso3code="ZZZ")), "not asked for"),
        "truncated": (lambda content: content[:-30], "not JSON"),
        "deep_nesting": (lambda content: b"[" * 100_000, "not JSON"),
        "not_a_number": (
            of_text(r'"value": 2\.\d+e?\+?\d*|"value": 2\d{8,}\.0', '"value": NaN', count=1),
            "NaN|no number",
        ),
    },
    "imf_imts": {
        "shifted_columns": (of_text(r"OVERLAP,STATUS", "OVERLAP,STATUS,BRAND_NEW"), "cannot be used"),
        "missing_column": (of_text(r",UNIT", ",UNITS"), "lacks the column 'UNIT'"),
        "column_twice": (of_text(r",OVERLAP,", ",UNIT,"), "has the column 'UNIT' twice"),
        "changed_unit": (of_text(r",USD,", ",EUR,"), "another unit"),
        "duplicate_rows": (lambda content: content + content.split(b"\r\n")[1] + b"\r\n", "twice"),
        "out_of_range": (of_text(r",20\d{8},6", ",-1,6"), "cannot be used"),
        "future_date": (of_text(r",2025,", ",2031,"), "future"),
        "unasked_pair": (of_text(r",IRN,", ",XXX,"), "not asked for"),
        "no_rows": (lambda content: content.split(b"\r\n")[0] + b"\r\n", "is empty"),
        "no_rows_but_commas": (lambda content: content.split(b"\r\n")[0] + b"\r\n" + b"," * 40 + b"\r\n", "is empty"),
        "truncated": (lambda content: content[:40], "lacks the column"),
        "open_quote": (of_text(r",USD,M,OL,", ',"USD,M,OL,', count=1), "not CSV|cannot be used"),
        "a_millionth": (of_text(r",(2\d{3})\d{6},6,", r",\1,6,"), "1e-06 times"),
        "half_the_years": (of_text(r"(?m)^.*,202[12],2.*\r\n", ""), "of the version before are missing"),
    },
    "bank_of_russia": {
        "missing_column": (of_text("<Nominal>[^<]*</Nominal>", "", CP1251), "lacks the field 'Nominal'"),
        "changed_unit": (of_text("<Nominal>1</Nominal>", "<Nominal>100</Nominal>", CP1251), "cannot be used"),
        "decimal_point": (of_text(r"(<Value>\d+),", r"\1.", CP1251), "cannot be used"),
        "duplicate_rows": (of_text(r"(<(Valute|Record) .*?</\2>)", r"\1\1", CP1251, 1), "twice"),
        "out_of_range": (of_text(r"<Value>[^<]*", "<Value>0,0000", CP1251), "cannot be used"),
        "future_date": (of_text(r'Date="\d\d\.\d\d\.\d{4}"', 'Date="01.01.2031"', CP1251), "future"),
        "truncated": (lambda content: content[:-30], "not XML"),
        "entity_bomb": (
            lambda content: (
                b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><ValCurs>&c;</ValCurs>'
            ),
            "document type or entities",
        ),
        "step_of_unit": (
            of_text(r'(Date="\d\d.1[01].2026" Id="[^"]*"><Nominal>)1<', r"\g<1>10000<", CP1251),
            "cannot be used|as if its unit had changed",
        ),
        "no_quotes": (
            of_text(r"<Record.*</Record>|<Valute.*</Valute>", "", CP1251),
            "no quotes of IRR between 01.09.2026 and 23.11.2026|no rows",
        ),
        "error_inside": (lambda content: b"<ValCurs>Error in parameters</ValCurs>", "no day|no rows"),
    },
    "ofac_sdn": {
        "new_column": (of_text(r"(?m)\r\n", ',"brand new"\r\n'), "13 columns"),
        "missing_column": (of_text(r'(?m),"A remark, invented."', ""), "cannot be used"),
        "changed_type": (of_text('"individual"', '"robot"'), "cannot be used"),
        "duplicate_rows": (lambda content: content.split(b"\r\n")[0] + b"\r\n" + content, "twice"),
        "out_of_range": (of_text(r"(?m)^(\d+),", r"-\1,"), "cannot be used"),
        "truncated": (lambda content: content[: len(content) // 3], "cannot be the whole list|not CSV"),
        "a_tag_renamed": (of_text('"IRAN"', '"PERSIA"'), "1000 of 6000 entries have another programme"),
        "a_sixth_missing": (
            lambda content: content[: len(content) * 5 // 6] + b'..."',
            "are missing|not CSV|cannot be",
        ),
        "end_of_file_inside": (lambda content: content[:5000] + b"\x1a" + content[5000:], "end-of-file"),
    },
    "un_sanctions": {
        "missing_column": (of_text("<LISTED_ON>[^<]*</LISTED_ON>", ""), "cannot be used"),
        "new_part": (of_text("ENTITIES>", "SHIPS>"), "new part <SHIPS>"),
        "duplicate_rows": (of_text(r"(<INDIVIDUAL>.*?</INDIVIDUAL>)", r"\1\1", count=1), "twice"),
        "out_of_range": (of_text("<LISTED_ON>2011-06", "<LISTED_ON>2011-16"), "cannot be used"),
        "future_date": (of_text("<LISTED_ON>2011", "<LISTED_ON>2031"), "future"),
        "truncated": (lambda content: content[: len(content) // 2], "not XML"),
        "entity_bomb": (
            of_text(r"\?><", '?><!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><', count=1),
            "document type or entities",
        ),
        "too_short": (of_text(r"<INDIVIDUALS>.*</INDIVIDUALS>", "<INDIVIDUALS></INDIVIDUALS>"), "whole list"),
    },
    "gdelt_doc": {
        "missing_column": (of_records(timeline, without("norm")), "lacks the field 'norm'"),
        "changed_unit": (of_text("Article Count", "Volume Intensity"), "another unit"),
        "duplicate_rows": (doubling(timeline), "twice"),
        "out_of_range": (of_records(timeline, setting(value=-3)), "cannot be used"),
        "more_than_all": (of_records(timeline, setting(value=10**7)), "cannot be used"),
        "future_date": (of_text('"date": "20261101', '"date": "20311101'), "future"),
        "two_series": (of_json(lambda value: value["timeline"].append(value["timeline"][0])), "2 series"),
        "no_rows": (lambda content: b'{"timeline": []}', "no rows"),
        "nothing_found": (lambda content: b"{}", "nothing was found"),
        "refused_brackets": (
            lambda content: b"Parentheses may only be used around OR'd statements.\n",
            "not JSON .*Parentheses may only",
        ),
        "told_to_wait": (lambda content: b"Please limit requests to one every 5 seconds", "not JSON"),
        "truncated": (lambda content: content[:-30], "not JSON"),
    },
    "gdelt_events": {
        "new_column": (of_export(each(lambda line: line.append("x"))), "62 columns"),
        "missing_column": (of_export(each(lambda line: line.pop())), "cannot be used"),
        "shifted_columns": (of_export(each(lambda line: line.insert(0, line.pop()))), "cannot be used"),
        "duplicate_rows": (of_export(lambda lines: lines.append(lines[0])), "twice"),
        "out_of_range": (of_export(each(put(30, "77"))), "cannot be used"),
        "future_date": (of_export(each(put(59, "20310101000000"))), "future"),
        "truncated_zip": (of_zip(lambda content: content[:-40]), "not a zip"),
        "zip_bomb": (of_zip(lambda content: zipped(b"0" * 3_000_000)), "unpacks to more"),
        "path_trick": (of_zip(lambda content: zipped(b"x", "../../etc/passwd")), "named '../../etc/passwd'"),
        "two_files": (of_zip(lambda content: _two_files()), "2 files"),
        "not_a_zip": (of_zip(lambda content: b"PK\x03\x04 but no more"), "not a zip"),
        "wrong_sum": (lambda content: content if not content.startswith(b"PK") else content + b"\0", "MD5"),
    },
    "rial_market": {
        "missing_column": (of_records(dollars, without("sell")), "lacks the field 'sell'"),
        "changed_unit": (of_records(dollars, lambda rate: rate.update(sell=rate["sell"] * 10)), "cannot be used"),
        "duplicate_rows": (of_text(r'^\{("[^"]+": \{)', r'{"2024/01/02": {}, "2024/01/02": {}, \1'), "twice"),
        "out_of_range": (of_records(dollars, setting(sell=-1)), "cannot be used"),
        "future_date": (of_json(rename_last_day), "future"),
        "truncated": (lambda content: content[:-30], "not JSON"),
        "a_list": (lambda content: b"[]", "not a record"),
        "step_of_unit": (of_json(lambda value: in_thousands(value, "2026/10/16")), "as if its unit had changed"),
        "main_currencies_alone": (of_json(lambda value: drop(value, "rub", "usd")), "no rate of usd, rub"),
    },
    "sipri_arms": {
        "shifted_columns": (of_register("(?m)weapons\r\n", "weapons,Brand new\r\n"), "cannot be used"),
        "missing_column": (of_register("Number ordered,", "Ordered,"), "lacks the column 'Number ordered'"),
        "small_identifiers": (of_text('"EntityId": 10504', '"EntityId": -10504'), "cannot be used|list of countries"),
        "no_header": (of_register("Recipient,Supplier", "Receiver,Supplier"), "no header"),
        "unasked_recipient": (of_register(r"(?m)^Iran,", "Atlantis,"), "not asked for"),
        "out_of_range": (of_register(r",20(19|22|20),", r",12\1,"), "cannot be used"),
        "future_date": (of_register("2020; 2021", "2020; 2031"), "future"),
        "not_base64": (of_text('"bytes": "', '"bytes": "*'), "not base64"),
        "truncated": (lambda content: content[:-10], "not JSON"),
        "new_envelope": (of_text('"bytes"', '"octets"'), "lacks the field 'bytes'"),
    },
    "un_comtrade": {
        "missing_column": (of_records(data, without("primaryValue")), "lacks the field 'primaryValue'"),
        "changed_unit": (of_records(data, setting(typeCode="S")), "not asked for"),
        "duplicate_rows": (doubling(data, more_count), "twice"),
        "out_of_range": (of_records(data, setting(primaryValue=-1)), "cannot be used"),
        "future_date": (of_records(data, setting(period="2031")), "not asked for"),
        "count_differs": (of_json(lambda value: value.update(count=7)), "announces"),
        "error_inside": (of_json(lambda value: value.update(error="no")), "answers with an error"),
        "truncated": (lambda content: content[:-10], "not JSON"),
    },
    "ucdp_ged": {
        "an_event_short": (of_json(lambda value: value["Result"].pop()), "events; the country is held back"),
        "missing_column": (of_records(events, without("best")), "lacks the field 'best'"),
        "duplicate_rows": (of_json(lambda value: value["Result"].__setitem__(1, value["Result"][0])), "twice"),
        "out_of_range": (of_records(events, setting(best=-4)), "cannot be used"),
        "best_above_high": (of_records(events, setting(best=10**6)), "cannot be used"),
        "future_date": (of_records(events, setting(date_start="2031-01-01", date_end="2031-01-02")), "future"),
        "unasked_country": (of_records(events, setting(country_id=1)), "not asked for"),
        "truncated": (lambda content: content[:-10], "not JSON"),
    },
}


# source -> (how to add what nobody asked for, the remark on it); the rows stay as they were
HARMLESS: dict[str, tuple[Spoil, str]] = {
    "world_bank": (of_records(second_part, setting(brand_new=1)), "new field 'brand_new', ignored"),
    "imf_imts": (
        of_text(r"(?m)^(.*)\r\n", lambda line: f"{'BRAND_NEW' if line[1].startswith('DATA') else 'x'},{line[1]}\r\n"),
        "new column 'BRAND_NEW', ignored",
    ),
    "bank_of_russia": (of_text("</Value>", "</Value><New>1</New>", CP1251), "new element 'New', ignored"),
    "un_sanctions": (of_text("</DATAID>", "</DATAID><BRAND_NEW>1</BRAND_NEW>"), "new element <BRAND_NEW>, ignored"),
    "gdelt_doc": (of_records(timeline, setting(brand_new=1)), "new field 'brand_new', ignored"),
    "rial_market": (of_records(dollars, setting(brand_new=1)), "new field 'brand_new', ignored"),
    "sipri_arms": (
        of_register(r"(?m)^((?:Rec|Iran|Russia).*)\r\n", r"\1,Brand new\r\n"),
        "new column 'Brand new', ignored",
    ),
    "un_comtrade": (of_records(data, setting(brandNew=1)), "new field 'brandNew', ignored"),
    "ucdp_ged": (of_records(events, setting(brand_new=1)), "new field 'brand_new', ignored"),
}


def _two_files() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("20261122000000.export.CSV", "20261122001500.export.CSV"):
            # Without a time of its own a member gets the clock's, and the bytes differ from one second to the next.
            archive.writestr(zipfile.ZipInfo(name, date_time=(2026, 11, 22, 0, 0, 0)), "x")
    return packed.getvalue()
