"""Derived readings in the catalogue: which formulas are refused, where, and how to mend them. All of it is invented."""

from pathlib import Path

import pytest

from signposts.catalogue import load_catalogue
from signposts.catalogue.settings_rows import working_tables
from signposts.errors import CatalogueError
from tests.ferry import copy_ferry

PART = """title: {name}
meaning: Invented.
domain: traffic
role: context
unit: {unit}
frequency: {frequency}
usual_period_months: {months}
scored: false
why_not_scored: A part.
sources: [ledger]
max_age_days: 400
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the invented tracker whose freight is to be derived from two parts, yearly and monthly."""
    copy = copy_ferry(tmp_path / "trackers")
    for name, frequency, months in (("out", "annual", 12), ("home", "annual", 12), ("out_monthly", "monthly", 1)):
        write_part(copy, name, frequency=frequency, months=months)
    return copy


def write_part(
    root: Path, name: str, unit: str = "thousand tonnes", frequency: str = "annual", months: int = 12
) -> None:
    text = PART.format(name=name, unit=unit, frequency=frequency, months=months)
    (root / "island_ferry" / "indicators" / f"{name}.yaml").write_text(text, encoding="utf-8")


def derive(root: Path, block: str) -> None:
    path = root / "island_ferry" / "indicators" / "freight.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("predictions:\n", f"derive: {block}\npredictions:\n", 1), encoding="utf-8")


def test_a_formula_becomes_a_row_a_part(root: Path) -> None:
    derive(root, "{formula: sum, of: [out, home], anchors: [{year: 2024, value: 20.0, within: 0.1}]}")
    tables = working_tables(load_catalogue(root))
    assert [(row["side"], row["position"], row["part_indicator_id"]) for row in tables["derivation"]] == [
        ("of", 1, "out"),
        ("of", 2, "home"),
    ]
    assert tables["derivation_anchor"][0]["value"] == 20.0


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("{formula: sum, of: [out, homme]}", "there is no indicator 'homme' to derive from: did you mean 'home'?"),
        ("{formula: summ, of: [out, home]}", "'summ' is not known here: did you mean 'sum'?"),
        ("{formula: sum, of: [out]}", "a sum of one part is that part"),
        ("{formula: sum, of: [out, home], month: [out_monthly]}", "unknown key: did you mean 'months'?"),
        ("{formula: sum, of: [out, out]}", "a part stands twice on one side"),
        ("{formula: sum, of: [out, home], base_year: 2024}", "a sum has nothing below the line"),
        ("{formula: difference, of: [out]}", "a difference has two parts"),
        ("{formula: share, of: [out]}", "a share needs the whole"),
        ("{formula: ratio, of: [out]}", "a ratio needs `to` or `base_year`"),
        ("{formula: sum, of: [out, home], months: [out_monthly]}", "one series for each of `of`"),
        ("{formula: sum, of: [out, home], months: [out, out_monthly]}", "out is annual, not monthly"),
        ("{formula: sum, of: [out, out_monthly]}", "the parts speak of different periods: annual, monthly"),
        ("{formula: sum, of: [out, passengers]}", "the part passengers is scored itself"),
        ("{formula: share, of: [out], to: [out, home]}", "a share has the unit 'share', not 'thousand tonnes'"),
        ("{formula: ratio, of: [out], to: [home]}", "a ratio of two figures in thousand tonnes has another unit"),
    ],
)
def test_a_formula_that_cannot_be_is_refused_with_its_remedy(root: Path, block: str, said: str) -> None:
    derive(root, block)
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(root)
    assert said in str(caught.value)
    assert "freight.yaml:" in str(caught.value)


def test_parts_in_another_unit_are_refused(root: Path) -> None:
    write_part(root, "home", unit="thousand passengers")
    write_part(root, "out", unit="thousand passengers")
    derive(root, "{formula: sum, of: [out, home]}")
    with pytest.raises(CatalogueError, match="a sum in thousand passengers is no thousand tonnes"):
        load_catalogue(root)
