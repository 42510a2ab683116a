"""The command as a shell runs it.

Belongs here: words in; exit code, standard output and standard error out. Not here: what the desk's tests ask.
"""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from signposts.cli import main


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


def signposts(*words: str) -> Said:
    """Run a command in this process, from its words to its exit code."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.argv = sys.argv, ["signposts", *words]
    code = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        sys.argv = before
    return Said(code, out.getvalue(), err.getvalue())
