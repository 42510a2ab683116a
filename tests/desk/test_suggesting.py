"""What a lead's own words say of day and number, on invented titles in three languages."""

from datetime import UTC, date, datetime

import pytest

from signposts.desk.leads import Lead
from signposts.desk.suggesting import suggest_day, suggest_number


def lead(title: str, day: str = "2026-03-11") -> Lead:
    seen = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Lead(
        "a", "https://a.example", title, "", "An outlet", "feed", "A", date.fromisoformat(day), seen, "", "a", {}
    )


@pytest.mark.parametrize(
    ("title", "published", "said"),
    [
        ("Телефонный разговор Путина с Пезешкианом состоялся 10 марта", "2026-03-11", "2026-03-10"),
        ("Putin spoke with Pezeshkian on March 6", "2026-03-07", "2026-03-06"),
        ("Lavrov met Araghchi on 17 December 2025", "2026-01-03", "2025-12-17"),
        ("Lavrov met Araghchi on 30 December", "2026-01-03", "2025-12-30"),
        ("Lavrov, Araghchi spoke yesterday", "2026-03-11", "2026-03-10"),
        ("Talks held on Tuesday, ministry says", "2026-03-12", "2026-03-10"),
        ("Лавров вчера говорил с Арагчи", "2026-03-11", "2026-03-10"),
        ("Встреча в пятницу: Лавров и Арагчи", "2026-03-14", "2026-03-13"),
        ("دیدار پزشکیان و پوتین در ۱۰ مارس", "2026-03-11", "2026-03-10"),
        ("تماس تلفنی دیروز لاوروف و عراقچی", "2026-03-11", "2026-03-10"),
        ("SCO summit opens in Bishkek Sept. 1", "2026-09-02", "2026-09-01"),
        ("Russia delivers 4 Su-35 jets to Iran", "2026-03-11", None),
        ("Iran may receive second batch of Mi-28", "2026-03-11", None),
        ("Trade up 13 percent to 4.8 billion in ten months", "2026-03-11", None),
        ("Sahand-2025 drill held", "2026-03-11", None),
        ("Putin to visit in May, Kremlin says", "2026-03-11", None),
        ("Security Council votes 13-0 on Iran", "2026-03-11", None),
        ("The 19th joint commission closes in Tehran", "2026-02-18", None),
    ],
)
def test_a_day_is_read_where_a_title_names_one_and_nowhere_else(title: str, published: str, said: str | None) -> None:
    day, where = suggest_day(lead(title, published))
    assert (str(day), where.startswith("title: ")) == (said or published, said is not None)


@pytest.mark.parametrize(
    ("unit", "title", "said"),
    [
        ("USD billion", "Trade reaches $4.8 billion, minister says", "4.8"),
        ("USD billion", "Товарооборот вырос до 4,8 млрд долларов", "4.8"),
        ("USD billion", "Trade up 13 percent to 4.8 billion", "4.8"),
        ("USD billion", "حجم تجارت به ۴٫۸ میلیارد دلار رسید", "4.8"),
        ("USD billion", "Trade of 4.8bn in ten months", "4.8"),
        ("USD million", "Russia invests 2 750 million dollars in Iranian fields", "2750"),
        ("USD million", "Инвестиции составили 2 756 млн долларов", "2756"),
        ("share", "Rouble and rial share of trade at 96%", "0.96"),
        ("share", "Доля национальных валют превысила 96 процентов", "0.96"),
        ("share", "Trade grows to 5 billion", None),
        ("USD billion", "Putin and Pezeshkian discuss Su-35 and 40 helicopters", None),
    ],
)
def test_a_number_is_taken_with_the_unit_that_the_indicator_has(unit: str, title: str, said: str | None) -> None:
    found = suggest_number(unit, lead(title))
    assert (found.value if found else None) == said
