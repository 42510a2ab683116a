"""JSON schemas of the YAML files and a Frictionless schema of the ledgers, made from the loader's own models.

Belongs here: which file has which schema, and writing them where an editor finds them. Not here: the models.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from signposts.catalogue.claims import LEDGER_COLUMNS, Claim
from signposts.catalogue.models import Indicator, Project, Scenario, Source, Statement, TrackerSettings
from signposts.catalogue.watch import LeadFeed, WatchNames
from signposts.files import write_atomically

# A folder of the catalogue whose name begins with a dot is nobody's input.
FOLDER = ".schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

# The schema's name, the files it holds for, and what such a file is read as.
FILES: dict[str, tuple[str, Any, str]] = {
    "sources": ("sources.yaml", dict[str, Source], "The publishers that are gathered, by identifier."),
    "feeds": ("feeds.yaml", dict[str, LeadFeed], "The feeds in which the desk looks for leads, by identifier."),
    "tracker": ("*/tracker.yaml", TrackerSettings, "One tracker: title, clock and the numbers of the method."),
    "scenarios": ("*/scenarios.yaml", dict[str, Scenario], "The named scenarios, by identifier."),
    "indicator": ("*/indicators/*.yaml", Indicator, "What is measured, and what each scenario predicts of it."),
    "projects": ("*/projects.yaml", dict[str, Project], "The projects followed on the milestone ladder."),
    "coverage": ("*/coverage.yaml", list[Statement], "The brief's testable statements, and what answers them."),
    "watch": ("*/watch.yaml", WatchNames, "The names and the noise that the desk's queries share."),
}
FRICTIONLESS_TYPES = {"date": "date", "date-time": "datetime", "number": "number", "integer": "integer"}


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON schema of one kind of YAML file; dates are strings of the format date."""
    pattern, model, meaning = FILES[name]
    schema = close_keys(TypeAdapter(model).json_schema())
    return {"$schema": DIALECT, **schema, "title": pattern.removeprefix("*/"), "description": meaning}


def close_keys(schema: Any) -> Any:
    """Return a schema in which a key that fits no pattern is refused, as the loader refuses it."""
    if isinstance(schema, list):
        return [close_keys(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: close_keys(part) for key, part in schema.items()}
    return closed | {"additionalProperties": False} if "patternProperties" in schema else closed


def ledger_schema() -> dict[str, Any]:
    """Return the Frictionless table schema of a ledger."""
    properties = Claim.model_json_schema()["properties"]
    fields = []
    for column in LEDGER_COLUMNS:
        options = properties[column].get("anyOf", [properties[column]])
        option: dict[str, Any] = next((branch for branch in options if branch.get("type") != "null"), {})
        kind = FRICTIONLESS_TYPES.get(option.get("format") or option.get("type", ""), "string")
        field: dict[str, Any] = {"name": column, "type": kind}
        constraints: dict[str, Any] = {"enum": option["enum"]} if "enum" in option else {}
        if column in Claim.model_json_schema()["required"]:
            constraints["required"] = True
        fields.append(field | ({"constraints": constraints} if constraints else {}))
    return {"fields": fields, "primaryKey": ["claim_id"], "missingValues": [""]}


def all_schemas() -> dict[str, str]:
    """Return the text of every schema by its file's name."""
    schemas = {f"{name}.schema.json": json_schema(name) for name in FILES} | {"ledger.resource.json": ledger_schema()}
    return {name: json.dumps(schema, indent=1, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


def write_schemas(catalogue_root: Path) -> list[Path]:
    """Write every schema into the catalogue's own folder for them; return those that changed."""
    changed = []
    for name, text in all_schemas().items():
        path = catalogue_root / FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            write_atomically(path, text.encode())
            changed.append(path)
    return changed


def schema_comment(name: str) -> str:
    """Return the first line by which editors find the schema of a file of this kind."""
    return f"# yaml-language-server: $schema={'../' * FILES[name][0].count('/')}{FOLDER}/{name}.schema.json"
