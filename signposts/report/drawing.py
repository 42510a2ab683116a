"""Renders charts and keeps them by content, so that a chart whose data did not change is never drawn again.

Belongs here: the cache of drawings and the script bundle, and the cleaning of the SVG for use inside a page. Not here:
what a chart looks like (charts.py) and which charts there are. The renderer is imported only for what is missing from
the cache.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from signposts.files import write_atomically
from signposts.report import charts

WIDE, NARROW = 720, 344
VEGA_LITE = "6.4"
SIDE_BY_SIDE = min(2, os.cpu_count() or 1)
"""Drawings made at once; each worker of the renderer takes some 60 MB."""
BUNDLED = """
import sys
import vl_convert
script = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=sys.argv[1])
sys.stdout.buffer.write(script.encode())
"""

_NUMBER = re.compile(r"(?<![#\w])-?\d+\.\d{2,}(?:e-?\d+)?")
_DROPPED = re.compile(r' (?:aria-[a-z]+|role|xmlns:xlink|pointer-events|stroke-miterlimit)="[^"]*"')
_NAMED = re.compile(r'(id="|url\(#|href="#)([\w-]+)')
_IDENTIFIER = re.compile(r'(id="|url\(#|href="#)')


@dataclass(frozen=True, slots=True)
class ChartRequest:
    """A chart to be drawn: its kind (a function of charts.py), its data, and its height in pixels."""

    kind: str
    data: Mapping[str, Any]
    height: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as drawn: SVG for a wide and a narrow page, and the specification for the interactive form."""

    wide: str
    narrow: str
    specification: str
    height: int


def drawn_by(module: str) -> str:
    """Return what a picture depends on besides its content: the module that draws it and the renderer's version."""
    return hashlib.sha256(Path(module).read_bytes()).hexdigest() + version("vl-convert-python")


def draw(requests: Mapping[str, ChartRequest], cache: Path) -> dict[str, Drawing]:
    """Return each request's drawing; those missing from the cache are drawn and kept."""
    cache.mkdir(parents=True, exist_ok=True)
    salt = drawn_by(__file__)
    texts, paths, missing = {}, {}, {}
    for name, request in requests.items():
        specification = charts.specification(request.kind, request.data, request.height)
        texts[name] = json.dumps(specification, ensure_ascii=False, separators=(",", ":"))
        paths[name] = cache / f"{hashlib.sha256((salt + texts[name]).encode()).hexdigest()[:32]}.json"
        if not paths[name].exists():
            missing[paths[name]] = specification
    if missing:
        draw_missing(missing)
    drawn = {}
    for name, request in requests.items():
        # Its identifiers carry the key, so that two charts on a page cannot clash.
        forms = json.loads(paths[name].read_text(encoding="utf-8"))
        mark = paths[name].stem[:10]
        wide, narrow = (_IDENTIFIER.sub(rf"\g<1>{form[0]}{mark}-", svg) for form, svg in forms.items())
        drawn[name] = Drawing(wide, narrow, safe_in_script(texts[name]), request.height)
    return drawn


def draw_missing(missing: Mapping[Path, Mapping[str, Any]]) -> None:
    """Draw specifications, one a core at a time, and keep each at its path."""

    def keep(path: Path) -> None:
        widths = {"wide": WIDE, "narrow": NARROW}
        forms = {name: _clean(svg({**missing[path], "width": width})) for name, width in widths.items()}
        write_atomically(path, json.dumps(forms).encode())

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(keep, missing))


def script_bundle(cache: Path) -> str:
    """Return one script with Vega, Vega-Lite, Vega-Embed and the expression interpreter that needs no `eval`."""
    path = cache / f"vega-{version('vl-convert-python')}.js"
    if not path.exists():
        # In a process of its own, since the bundler tells of its work on standard error.
        made = subprocess.run((sys.executable, "-c", BUNDLED, VEGA_LITE), capture_output=True, check=True)  # noqa: S603 - this very interpreter, fixed words
        write_atomically(path, made.stdout)
    return path.read_text(encoding="utf-8")


def svg(specification: Mapping[str, Any]) -> str:
    """Return a specification of Vega-Lite drawn; the renderer reaches nothing outside."""
    import vl_convert

    vl_convert.configure(base_url=False, allowed_base_urls=[], num_workers=SIDE_BY_SIDE)
    return str(vl_convert.vegalite_to_svg(dict(specification), vl_version=VEGA_LITE))


def _clean(svg: str) -> str:
    """Return the SVG without what only a stand-alone file needs, its numbers to a tenth of a pixel."""
    # The renderer counts identifiers over all that it ever drew: they are numbered from nought.
    places: dict[str, int] = {}
    svg = _NAMED.sub(lambda match: f"{match[1]}{places.setdefault(match[2], len(places))}", _DROPPED.sub("", svg))
    svg = _NUMBER.sub(lambda match: f"{float(match.group()):.1f}".removesuffix(".0"), svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def safe_in_script(text: str) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
