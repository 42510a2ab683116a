"""The generated pages say what the dictionary, the macros and the cookbook say, and names in the docs are real."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from signposts.dictionary import Dictionary, load_dictionary, published_columns
from signposts.release.cookbook import load_cookbook
from signposts.release.database import load_macros, load_views
from signposts.release.docs_pages import cookbook_page, dictionary_page, generated_pages
from tests.paths import CHECKOUT

DOCS = CHECKOUT / "docs"


@pytest.mark.parametrize("name", sorted(generated_pages()))
def test_page_in_docs_is_the_generated_one(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == generated_pages()[name], "run `make docs`"


def test_dictionary_page_names_every_table_column_view_and_macro() -> None:
    page = dictionary_page(load_dictionary())
    for name, table in load_dictionary().tables.items():
        section = re.split(rf"^### {name}(?: \(CSV\))?$", page, maxsplit=1, flags=re.MULTILINE)[1].split("\n#", 1)[0]
        for column in published_columns(name, table):
            assert f"| {column} | " in section, (name, column)
    for name in load_views():
        assert f"| {name} | " in page
    for macro in load_macros():
        assert f"`{macro.name}({', '.join(macro.parameters)})`" in page


def test_cookbook_page_shows_every_question_with_its_statement() -> None:
    page = cookbook_page()
    for recipe in load_cookbook().values():
        assert f"[{recipe.question}](#{recipe.name})" in page
        assert recipe.pasteable in page
    assert not re.search(r"\$\w", page), "a parameter without a value cannot be pasted"


def test_every_column_of_the_working_tables_is_described_too() -> None:
    described = load_dictionary()
    assert all(column.meaning for table in described.working.values() for column in table.columns.values())


@pytest.mark.parametrize(
    "spoil",
    [
        {"type": "text"},
        {"meaning": " "},
        {"meaning": "Something.", "type": "date", "unit": "days"},
    ],
)
def test_a_wrong_entry_of_the_dictionary_is_refused(spoil: dict[str, str]) -> None:
    entry = {"type": "date", "meaning": "Something."} | spoil
    table = {"stage": "observe", "grain": "one row per thing", "columns": {"thing": entry}}
    with pytest.raises(ValidationError, match="thing"):
        Dictionary.model_validate({"tables": {"things": table}, "working": {}})


def test_names_in_using_the_data_exist() -> None:
    page = (DOCS / "using-the-data.md").read_text(encoding="utf-8")
    known = {*load_dictionary().tables, *load_views(), *(macro.name for macro in load_macros()), "duckdb_tables"}
    in_sql = "\n".join(re.findall(r"```(?:sql|python|r|sh)\n(.*?)```", page, re.DOTALL))
    in_sql = re.sub(r"^from \w+(?:\.\w+)* import .*$", "", in_sql, flags=re.MULTILINE)
    named = set(re.findall(r"\bfrom (\w+)", in_sql)) - {"another"}
    assert named
    assert named <= known
    assert set(re.findall(r"parquet/(\w+)\.parquet", page)) <= set(load_dictionary().tables)
    assert set(re.findall(r"signposts sql (\w+)", page)) - {"opens"} <= set(load_cookbook())
    assert Path(CHECKOUT / "docs" / "cookbook.md").exists()


def test_asking_a_release_imports_nothing_heavy() -> None:
    import subprocess
    import sys

    heavy = ("pandas", "dagster", "pydantic", "pyarrow", "great_expectations", "scipy")
    script = f"import sys, signposts.release.query; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
