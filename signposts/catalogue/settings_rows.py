"""Rows of the working tables that carry the catalogue's numbers to the stages, so that stages meet in tables only.

Belongs here: settings as rows. Not here: the published tables of the catalogue (tables.py).
"""

import json
from collections.abc import Iterator
from typing import Any

from signposts.catalogue.trackers import Catalogue, Tracker

Row = dict[str, Any]


def working_tables(catalogue: Catalogue) -> dict[str, list[Row]]:
    """Return the rows of the working tables of stage `catalogue`."""
    return {
        "tracker_setting": [
            {"tracker_id": tracker.tracker_id, "settings": tracker.settings.model_dump_json()}
            for tracker in catalogue.trackers
        ],
        "indicator_setting": [row for tracker in catalogue.trackers for row in _indicator_settings(tracker)],
        "derivation": [row for tracker in catalogue.trackers for row in _derivations(tracker)],
        "derivation_anchor": [
            {"tracker_id": tracker.tracker_id, "indicator_id": indicator_id, **anchor.model_dump()}
            for tracker in catalogue.trackers
            for indicator_id, indicator in tracker.indicators.items()
            for anchor in (indicator.derive.anchors if indicator.derive else ())
        ],
        "variant_setting": [
            {"tracker_id": tracker.tracker_id, "family": family, "label": f"{number:g}"}
            for tracker in catalogue.trackers
            for family, numbers in tracker.settings.variants
            for number in numbers
        ],
    }


def _indicator_settings(tracker: Tracker) -> Iterator[Row]:
    """Yield what the scorer asks of each indicator beside its published row."""
    default_band = tracker.settings.revision_gate.default_band
    for indicator_id, indicator in tracker.indicators.items():
        reach = indicator.reach or tracker.settings.scoring.reach
        yield {
            "tracker_id": tracker.tracker_id,
            "indicator_id": indicator_id,
            "detect_prob": indicator.detect_prob,
            "exposure_start": indicator.exposure_start,
            "defines": indicator.defines,
            "categories": json.dumps(list(indicator.categories)) if indicator.categories else None,
            "revision_band": indicator.revision_band if indicator.revision_band is not None else default_band,
            "plausible_low": indicator.plausible[0] if indicator.plausible else None,
            "plausible_high": indicator.plausible[1] if indicator.plausible else None,
            "magnitude": tracker.settings.revision_gate.magnitude,
            "reach_low": reach[0],
            "reach_high": reach[1],
            "monotone_waiver": indicator.monotone_waiver,
        }


def _derivations(tracker: Tracker) -> Iterator[Row]:
    """Yield a row a part of each formula; the base of a ratio to a base year is the same parts once more."""
    for indicator_id, indicator in tracker.indicators.items():
        derive = indicator.derive
        if derive is None:
            continue
        base = derive.of if derive.base_year else ()
        sides = {"of": derive.of, "to": derive.to, "base": base, "month": derive.months}
        for side, parts in sides.items():
            for position, part in enumerate(parts, start=1):
                yield {
                    "tracker_id": tracker.tracker_id,
                    "indicator_id": indicator_id,
                    "formula": derive.formula,
                    "side": side,
                    "position": position,
                    "part_indicator_id": part,
                    "base_year": derive.base_year,
                }
