"""The publishers that this package can ask and read: the folders beside this file.

Belongs here: finding a publisher's client. Not here: what sources.yaml asks of one (options.py in its folder).
"""

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from signposts.errors import InputError

PUBLISHERS = tuple(sorted(module.name for module in iter_modules([str(Path(__file__).parent)]) if module.ispkg))


@cache
def reader_digest(source_id: str) -> str:
    """Return a digest of the code that reads a publisher's documents: its folder, and what all publishers share."""
    here = Path(__file__).parent
    shared = [*here.glob("*.py"), here.parent / "catalogue" / "fields.py"]
    files = sorted([*(here / source_id).glob("*.py"), *shared])
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()


@cache
def publisher(source_id: str) -> ModuleType:
    """Return the client of a publisher: BASE_URL, ``gather(run, today)`` and ``read(ask, document, payload, …)``."""
    if source_id not in PUBLISHERS:
        raise InputError(f"sources.yaml names {source_id!r}, for which there is no folder in signposts/sources")
    return import_module(f"signposts.sources.{source_id}.client")
