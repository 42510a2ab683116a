"""A PostgreSQL of the test's own: Debian's package, on loopback, in a temporary folder, gone when the test ends.

Belongs here: starting and stopping it. Not here: what is kept in it.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# initdb refuses to run as root; Debian's package brings this user.
USER = "postgres"


def programs() -> Path | None:
    """Return the folder of Debian's newest PostgreSQL, or of the one on the path; None where there is none."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def why_not() -> str:
    """Return why no PostgreSQL can be started here; empty if one can."""
    if programs() is None:
        return "no initdb here; Debian has it in the package postgresql"
    if os.geteuid() == 0 and not (shutil.which("runuser") and _exists(USER)):
        return f"initdb refuses root, and there is no user {USER} to start it as"
    return ""


def _exists(user: str) -> bool:
    import pwd

    return any(entry.pw_name == user for entry in pwd.getpwall())


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[dict[str, str]]:
    """Yield the environment that leads to an empty database; whatever it wrote is deleted at the end."""
    found = programs()
    assert found is not None
    # Not under pytest's folder, which only its own user may enter.
    folder = Path(tempfile.mkdtemp(prefix="signposts-postgres-"))
    port = free_port()
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
        as_user = ["runuser", "-u", USER, "--"]
    secret = folder / "password"
    secret.write_text("invented\n", encoding="utf-8")
    secret.chmod(0o644)
    data = folder / "data"
    settings = f"-p {port} -h 127.0.0.1 -k {folder} -F"
    try:
        make = [
            str(found / "initdb"),
            "-D",
            str(data),
            "-U",
            "signposts",
            "-A",
            "scram-sha-256",
            "--pwfile",
            str(secret),
        ]
        _call([*as_user, *make])
        control = [*as_user, str(found / "pg_ctl"), "-D", str(data), "-w"]
        _call([*control, "-l", str(folder / "log"), "-o", settings, "start"])
        try:
            yield {
                "SIGNPOSTS_PG_HOST": "127.0.0.1",
                "SIGNPOSTS_PG_PORT": str(port),
                "SIGNPOSTS_PG_USER": "signposts",
                "SIGNPOSTS_PG_PASSWORD": "invented",
                "SIGNPOSTS_PG_DATABASE": "postgres",
            }
        finally:
            _call([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder)


def _call(command: list[str]) -> None:
    # pg_ctl's server keeps what it inherits: a pipe would never end.
    with tempfile.TemporaryFile("w+") as said:
        code = subprocess.run(command, cwd="/", stdout=said, stderr=said, check=False, timeout=60).returncode
        said.seek(0)
        assert code == 0, said.read()
