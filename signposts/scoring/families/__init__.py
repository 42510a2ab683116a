"""The families of predictions, and the registry that says which prediction type belongs to which.

Belongs here: the registry alone. A new family is one module beside this file and one entry below.
"""

from signposts.scoring.families.base import Family
from signposts.scoring.families.event import Event
from signposts.scoring.families.lognormal import LogNormal
from signposts.scoring.families.ordinal import Ordinal
from signposts.scoring.families.rate import Rate
from signposts.scoring.families.share import Share
from signposts.scoring.families.trajectory import Trajectory
from signposts.scoring.observations import KINDS

REGISTRY: dict[str, Family] = {
    family.name: family for family in (LogNormal(), Share(), Event(), Rate(), Ordinal(), Trajectory())
}
NONE = "none"
"""Family of an indicator on which no scenario speaks: its readings are shown and never scored."""
FAMILIES = (NONE, *REGISTRY)
TYPES = ("silent", *(kind for family in REGISTRY.values() for kind in family.types))
FAMILY_OF_TYPE = {kind: family.name for family in REGISTRY.values() for kind in family.types}
KINDS_OF_FAMILY = {NONE: KINDS} | {family.name: family.kinds for family in REGISTRY.values()}
PARAMETERS = tuple(dict.fromkeys(name for family in REGISTRY.values() for name in family.parameters))
