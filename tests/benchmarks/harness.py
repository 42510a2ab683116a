"""How every case is timed and written down: repeats, medians, one row a figure, a failure is a row that says so.

Belongs here: measuring and the table. Not here: what is measured (the other modules), or asserting a time.
"""

import os
import platform
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
JSON = ROOT / "docs" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"


def machine() -> dict[str, Any]:
    """Return the facts by which another reader can judge the figures."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "python": platform.python_version(),
        "system": platform.platform(),
        "load_when_done": round(os.getloadavg()[0], 1),
    }


def row(what: str, values: Sequence[float], unit: str, target: str = "") -> dict[str, Any]:
    """Return one figure: its median, smallest and largest value, and the target it is held against, as text."""
    return {
        "what": what,
        "median": round(statistics.median(values), 4),
        "min": round(min(values), 4),
        "max": round(max(values), 4),
        "repeats": len(values),
        "unit": unit,
        "target": target,
    }


def seconds(work: Callable[[], Any]) -> float:
    """Return the wall seconds of a call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_memory() -> float:
    """Return the largest memory that this process held so far, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def process(command: Sequence[str], environment: Mapping[str, str], limit: float = 300) -> tuple[float, float]:
    """Return wall and processor seconds of a whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, env=dict(environment), check=True, capture_output=True, timeout=limit)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def table(found: Mapping[str, Any]) -> str:
    """Return the figures of docs/performance.json as the table of docs/performance.md."""
    lines = ["| case | what | median | min | max | unit | runs | target |", "|---|---|---|---|---|---|---|---|"]
    for name, case in found["cases"].items():
        if "failure" in case:
            lines.append(f"| {name} | not measured: {case['failure']} | | | | | | |")
        for one in case.get("rows", ()):
            cells = (one[key] for key in ("what", "median", "min", "max", "unit", "repeats", "target"))
            lines.append(f"| {name} | " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def missed(found: Mapping[str, Any]) -> list[str]:
    """Return the figures whose median lies outside their target."""
    outside = {
        "<": lambda median, bound: median >= bound,
        "<=": lambda median, bound: median > bound,
        ">=": lambda median, bound: median < bound,
    }
    rows = [one for case in found["cases"].values() for one in case.get("rows", ()) if one["target"]]
    parted = [(one, *one["target"].split()) for one in rows]
    return [one["what"] for one, sign, bound in parted if outside[sign](one["median"], float(bound))]


def page(text: str, found: Mapping[str, Any]) -> str:
    """Return the text of docs/performance.md with its table made anew between the two marks."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table(found)}\n{END}{tail}"
