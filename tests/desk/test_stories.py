"""Grouping on labelled pairs: what is called one story is one, and nothing that differs is covered unseen."""

from datetime import date
from pathlib import Path

import pytest

from signposts.desk.stories import StoryIndex, differences, near_but_different, take_apart

PAIRS = Path(__file__).with_name("title_pairs.txt")
DAY = date(2026, 11, 25)


def is_same_story(one: str, other: str) -> bool:
    index = StoryIndex()
    return index.add("a", one, DAY) == index.add("b", other, DAY)


def labelled() -> list[tuple[str, str, str]]:
    """Return label, title and title; the label is `=` or what sets the two apart."""
    found = []
    for line in PAIRS.read_text(encoding="utf-8").splitlines():
        if line[:1] in "=!" and line:
            label, one, other = (part.strip() for part in line.split("|"))
            found.append((label.lstrip("! ") if label != "=" else "=", one, other))
    return found


def test_precision_is_at_least_95_percent_on_the_labelled_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = labelled()
    grouped = [(label, one, other) for label, one, other in pairs if is_same_story(one, other)]
    right = [pair for pair in grouped if pair[0] == "="]
    same = sum(label == "=" for label, _, _ in pairs)
    assert len(pairs) >= 150
    wrong = [pair for pair in grouped if pair[0] != "="]
    assert len(right) / len(grouped) >= 0.95, wrong
    assert len(right) / same >= 0.6
    with capsys.disabled():
        print(f"\n{len(pairs)} pairs: precision {len(right) / len(grouped):.3f}, recall {len(right) / same:.3f}")


@pytest.mark.parametrize(
    ("label", "one", "other"), [pair for pair in labelled() if pair[0] in ("negation", "number", "name")]
)
def test_what_differs_in_negation_number_or_name_is_never_one_story(label: str, one: str, other: str) -> None:
    assert not is_same_story(one, other)
    assert differences(take_apart(one), take_apart(other))


def test_a_story_takes_no_title_that_differs_from_any_of_its_own() -> None:
    index = StoryIndex()
    first = index.add("a", "Russia delivers Su-35 jets to Iran", DAY)
    assert index.add("b", "Russia delivers Su-35 jets to Iran", DAY) == first
    assert index.add("c", "Russia denies delivering Su-35 jets to Iran", DAY) == "c"
    assert index.add("d", "Russia delivers Su-35 jets to Iran", date(2026, 12, 25)) == "d", (
        "a month later is another day"
    )


def test_titles_that_are_alike_and_differ_are_shown_beside_each_other_with_the_difference() -> None:
    near = near_but_different(
        "Su-35 jets delivered to Iran", [("x", "No Su-35 jets delivered to Iran"), ("y", "Wheat delivered to Egypt")]
    )
    assert near == [("x", ["negation: no"])]
