"""docs/method.md: every figure of its price list is the one that the code gives on the frozen readings."""

import re
from pathlib import Path

import pytest

from tests.method_prices import price_rows

pytestmark = pytest.mark.slow
PAGE = (Path(__file__).parents[2] / "docs" / "method.md").read_text(encoding="utf-8")
PART = PAGE[PAGE.index("## 7. ") : PAGE.index("## 8. ")]


@pytest.fixture(scope="module")
def prices():
    return {row[0]: row[1:] for row in price_rows()}


def test_the_price_list_is_what_the_code_gives(prices):
    printed = [line.strip("| ").split(" | ") for line in PART.splitlines() if line.startswith("| ")][2:]
    assert {row[0]: row[1:] for row in printed} == prices


def test_the_sentences_below_the_list_say_what_it_says(prices):
    said = re.sub(r"\s+", " ", PART)
    assert prices["without triggers"][4] == prices["defining events as any other"][4] == "47"
    assert "stays at 47 percent" in said
    chain = float(prices["newest look alone, no chain"][0]) - float(prices["as the method has it"][0])
    assert f"Chains take {chain:.1f} points" in said
    assert f"none of the above stood at {prices['other as a mere yardstick'][3]} percent" in said
    assert f"it stands at {prices['as the method has it'][3]} percent" in said
    luck = int(prices["as the method has it"][4]) - int(prices["no shared luck"][4])
    assert luck == 10
    assert "adds ten points" in said
    assert f"stands at {prices['weight of evidence .15'][0]} percent" in said
    assert f"at half as much again at {prices['weight of evidence .45'][0]}." in said
