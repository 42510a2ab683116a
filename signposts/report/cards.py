"""Cards of 1200 by 630 pixels for links that are shared: what a page says, as a picture.

Belongs here: drawing a card as SVG and turning it into PNG, kept by content so that only what changed is drawn. Not
here: which pages have a card and what it says.
"""

import hashlib
import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path

from signposts.files import write_atomically
from signposts.report.drawing import SIDE_BY_SIDE, drawn_by

WIDTH, HEIGHT, MARGIN = 1200, 630, 64
PAPER, INK, MUTED, RULE = "#fbfaf7", "#1c1b19", "#5c5851", "#b9b3a7"
COLOURS = ("#6b6b6b", "#0072b2", "#a86200", "#00805e", "#a0457e", "#5d5bb0", "#7a6a00")
"""By the number in a scenario's key, s0 to s6."""
SERIF = "Georgia, 'DejaVu Serif', 'Liberation Serif', serif"
SANS = "Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Bar:
    """A scenario on the card's axis: its name, its probability, where it started, and its colour's key."""

    name: str
    share: float
    start: float
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says: a line above, the title, lines of text, and the scenarios on one axis."""

    kicker: str
    title: str
    lines: Sequence[str] = ()
    bars: Sequence[Bar] = ()


def draw_cards(cards: dict[str, Card], cache: Path) -> dict[str, bytes]:
    """Return each card as PNG, by its path in the site; those missing from the cache are drawn and kept."""
    folder = cache / "cards"
    folder.mkdir(parents=True, exist_ok=True)
    salt = drawn_by(__file__)
    svgs = {path: card_svg(card) for path, card in cards.items()}
    kept = {
        path: folder / f"{hashlib.sha256((salt + svg).encode()).hexdigest()[:32]}.png" for path, svg in svgs.items()
    }
    missing = {kept[path]: svg for path, svg in svgs.items() if not kept[path].exists()}
    if missing:
        import vl_convert

        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            pictures = pool.map(partial(vl_convert.svg_to_png, scale=1.0, ppi=72), missing.values())
            for file, png in zip(missing, pictures, strict=True):
                write_atomically(file, png)
    return {path: file.read_bytes() for path, file in kept.items()}


def card_svg(card: Card) -> str:
    """Return a card as SVG."""
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>',
        f'<rect width="{WIDTH}" height="10" fill="{INK}"/>',
        _text(MARGIN, 78, card.kicker[:96], 24, MUTED, SANS),
    ]
    size, wide = (54, 38) if len(card.title) <= 76 else (44, 47)
    at = 84.0
    for line in textwrap.wrap(card.title, wide)[:4]:
        at += size * 1.2
        parts.append(_text(MARGIN, at, line, size, INK, SERIF, weight=700))
    at += 30
    for line in [piece for text in card.lines for piece in textwrap.wrap(text, 78)][: int((HEIGHT - 40 - at) // 38)]:
        at += 38
        parts.append(_text(MARGIN, at, line, 27, INK, SANS))
    at += 16
    room = (HEIGHT - 40 - at) / max(1, len(card.bars))
    for bar in card.bars:
        middle = at + room / 2
        origin, length = 460.0, WIDTH - MARGIN - 460.0 - 120
        colour = COLOURS[int(bar.key.removeprefix("s"))]
        parts += [
            _text(MARGIN, middle + 9, bar.name[:27], 26, INK, SANS),
            f'<path d="M{origin},{middle:.1f}h{length}" stroke="{RULE}" stroke-width="2"/>',
            f'<circle cx="{origin + length * bar.start:.1f}" cy="{middle:.1f}" r="10" fill="{PAPER}" stroke="{INK}" '
            'stroke-width="3"/>',
            f'<circle cx="{origin + length * bar.share:.1f}" cy="{middle:.1f}" r="14" fill="{colour}"/>',
            _text(WIDTH - MARGIN, middle + 11, bar.words, 32, INK, SERIF, weight=700, anchor="end"),
        ]
        at += room
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(parts)}</svg>"
    )


def _text(
    x: float, y: float, text: str, size: int, colour: str, family: str, *, weight: int = 400, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:g}" y="{y:.1f}" font-family="{family}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )
