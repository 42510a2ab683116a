"""Release: the published database, its exports and its report, put in place whole or not at all.

Belongs here: the door through which own code opens the newest release, `latest`.
"""

from signposts.release.latest import latest, require_latest

__all__ = ["latest", "require_latest"]
