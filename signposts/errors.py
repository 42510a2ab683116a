"""The deliberate errors: each has one line that says what is wrong and how to mend it.

Belongs here: error families that callers tell apart. Not here: messages, which are written where the fault is seen.
"""


class SignpostsError(Exception):
    """Root of every deliberate error."""


class InputError(SignpostsError):
    """Something a person wrote cannot be used: a command's words, a setting, a file."""


class CatalogueError(InputError):
    """The catalogue or a ledger has faults; the message lists all of them, one a line."""


class SourceError(SignpostsError):
    """A publisher gave nothing that can be used."""


class SourceUnavailable(SourceError):
    """The publisher did not answer. A later attempt may succeed."""


class SourceChanged(SourceError):
    """The publisher answered with something this code does not understand. Trying again will not help."""


class ArchiveCorrupt(SignpostsError):
    """A stored object no longer has the bytes that its name promises."""


class WriterBusy(SignpostsError):
    """Another run is writing; the message names it."""


class WarehouseDamaged(SignpostsError):
    """The working database's bytes were damaged; it was set aside and the next run builds it anew."""


class ReleaseDamaged(SignpostsError):
    """A published file's bytes were damaged; the next run restores it."""


class ReleaseWithheld(SignpostsError):
    """A critical check failed, so the last release stays in place."""


class ReleaseNotDelivered(SignpostsError):
    """The command that brings a release elsewhere failed; the release itself stands."""
