"""Rules of derived readings between the files of a tracker: parts that exist, stay unscored and share one unit.

Belongs here: what no single indicator's file can know. Not here: the formula's keys (derivations.py).
"""

from collections.abc import Iterable, Mapping

from signposts.catalogue.derivations import Derivation
from signposts.catalogue.faults import FaultList, nearest
from signposts.catalogue.models import Indicator
from signposts.catalogue.rules import Draft, feeding_sources

FaultWords = tuple[str, str, str]


def validate_derivations(draft: Draft, faults: FaultList) -> None:
    """Validate every formula of a tracker's indicators."""
    for indicator_id, indicator in draft.indicators.items():
        if indicator.derive is None:
            continue
        file = f"indicators/{indicator_id}.yaml"
        unknown = [name for name in indicator.derive.parts if name not in draft.indicator_names]
        for name in unknown:
            mend = nearest(name, draft.indicator_names)
            draft.refuse(faults, file, ("derive",), f"there is no indicator {name!r} to derive from", mend)
        if unknown or any(name not in draft.indicators for name in indicator.derive.parts):
            continue
        fed = feeding_sources(draft.folder.name, indicator_id, draft.sources)
        for key, why, mend in derivation_faults(indicator, indicator.derive, draft.indicators, fed):
            draft.refuse(faults, file, ("derive", key) if key else ("derive",), why, mend)


def derivation_faults(
    indicator: Indicator, derive: Derivation, indicators: Mapping[str, Indicator], fed: set[str]
) -> Iterable[FaultWords]:
    """Yield key, reason and remedy for what is wrong with one formula, all of whose parts exist."""
    yield from part_faults(derive, indicators)
    yield from unit_faults(indicator, derive, {indicators[name].unit for name in derive.parts})
    sources = {source for name in derive.parts for source in indicators[name].sources}
    if lacking := sorted(sources - set(indicator.sources)):
        yield "of", f"its parts come from {', '.join(lacking)}, which `sources` does not name", "add it to `sources`"
    if both := sorted(sources & fed):
        yield "of", f"{', '.join(both)} feeds it directly as well, and one source speaks once", "keep one of the two"


def part_faults(derive: Derivation, indicators: Mapping[str, Indicator]) -> Iterable[FaultWords]:
    """Yield what is wrong with the parts as such: scored, derived themselves, or about other periods."""
    for name in derive.parts:
        if indicators[name].scored:
            yield "of", f"the part {name} is scored itself, so that its evidence would count twice", "set it unscored"
        if indicators[name].derive is not None:
            yield "of", f"the part {name} is derived itself", "name the series that it is derived from"
    frequencies = {indicators[name].frequency for name in (*derive.of, *derive.to)}
    if len(frequencies) > 1:
        yield "of", f"the parts speak of different periods: {', '.join(sorted(frequencies))}", "name series of one"
    for name in derive.months:
        if indicators[name].frequency != "monthly":
            yield "months", f"{name} is {indicators[name].frequency}, not monthly", "name its monthly series"


def unit_faults(indicator: Indicator, derive: Derivation, units: set[str]) -> Iterable[FaultWords]:
    """Yield how the units of the parts and of the indicator do not fit the formula."""
    if len(units) > 1:
        yield "of", f"the parts have different units: {', '.join(sorted(units))}", "bring them to one unit by `scale`"
    elif derive.formula in ("sum", "difference") and units != {indicator.unit}:
        yield "formula", f"a {derive.formula} in {min(units)} is no {indicator.unit}", "correct the unit or the parts"
    elif derive.formula == "share" and indicator.unit != "share":
        yield "formula", f"a share has the unit 'share', not {indicator.unit!r}", "correct the unit or the formula"
    elif derive.formula == "ratio" and indicator.unit in units:
        yield "formula", f"a ratio of two figures in {indicator.unit} has another unit", "correct the unit"
