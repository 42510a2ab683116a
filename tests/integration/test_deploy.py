"""What docs/deploy.md and deploy/ promise, as far as a machine without a container engine can hold them to it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.paths import CHECKOUT

DEPLOY = CHECKOUT / "deploy"
UNITS = ("signposts.service", "signposts-doctor.service", "signposts-doctor.timer")
PROGRAM = Path(sys.executable).parent / "signposts"
TRACKERS = CHECKOUT / "tests" / "trackers"
PATHS = {"/opt/signposts", "/srv/signposts", "/var/lib/signposts", "/etc/signposts.env"}
# The version that ran on 24 November 2026, whose state must open without loss.
OLD_COMMIT = "4c12829"
STABLE = ("claim", "reading", "reading_claim", "log_ratio", "scenario_probability", "assessment", "fan", "deadline")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["Containerfile", "crontab", *UNITS[:2]])
def test_every_file_uses_the_four_paths_of_the_page_and_no_other(name):
    page = (CHECKOUT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(/[^`]+)` \|", page, re.MULTILINE)) == PATHS
    named = set(re.findall(r"/(?:opt|srv|var/lib|etc)/signposts(?:\.env)?(?![\w.-])", text_of(name)))
    assert named <= PATHS
    assert "/opt/signposts" in named
    assert ".venv" not in text_of(name)


def test_the_image_installs_the_pins_and_the_wheel_and_runs_without_rights():
    text = text_of("Containerfile")
    assert "pip install --no-cache-dir -r /opt/requirements.lock" in text
    assert "--no-deps /wheels/signposts-*.whl" in text
    assert "-e ." not in text
    assert "USER 10001" in text.split("FROM ")[-1]
    page = (CHECKOUT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for option in ("--read-only", "--tmpfs /tmp", "--cap-drop all", "no-new-privileges"):
        assert option in text
        assert option in page


def test_hadolint_finds_nothing_to_say_against_the_containerfile():
    command = [PROGRAM.with_name("hadolint"), DEPLOY / "Containerfile"]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (outcome.returncode, outcome.stdout) == (0, "")


def test_systemd_finds_nothing_to_say_against_the_units(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    for name in UNITS:
        text = text_of(name).replace("/opt/signposts/bin/signposts", str(PROGRAM))
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert [line for line in outcome.stderr.splitlines() if "signposts" in line] == []


def project(folder: Path, trackers: Path = TRACKERS) -> dict[str, str]:
    """Return the environment of an installation of the second tracker (invented)."""
    catalogue = folder / "catalogue"
    catalogue.mkdir(parents=True)
    shutil.copy(trackers / "sources.yaml", catalogue)
    shutil.copytree(trackers / "island_ferry", catalogue / "island_ferry")
    return os.environ | {
        "SIGNPOSTS_HOME": str(folder / "state"),
        "SIGNPOSTS_CATALOGUE": str(catalogue),
        "SIGNPOSTS_NOTIFY_URL": "",
        "COLUMNS": "200",
    }


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(PROGRAM), "run", "--offline", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400)


def tables(home: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(home / "published" / "signposts.duckdb"), read_only=True) as connection:
        return {
            name: connection.execute(f"select * exclude (release_id) from {name} order by all").fetchall()
            for name in STABLE
        }


def test_the_first_line_of_the_crontab_runs_with_secrets_that_only_its_user_reads(tmp_path):
    environment = project(tmp_path)
    secrets = tmp_path / "signposts.env"
    secrets.write_text("SIGNPOSTS_REPORT_URL=https://ferry.example/report\n", encoding="utf-8")
    secrets.chmod(0o600)
    lines = text_of("crontab").splitlines()
    assert "SIGNPOSTS_HOME=/var/lib/signposts" in lines
    (daily,) = [line for line in lines if line.startswith("30 5")]
    command = daily.split("* * *", 1)[1].strip().replace("signposts run", "signposts run --offline")
    (tmp_path / "state").mkdir()
    for path, there in {
        "/opt/signposts/bin/signposts": str(PROGRAM),
        "/etc/signposts.env": str(secrets),
        "/var/lib/signposts": str(tmp_path / "state"),
    }.items():
        command = command.replace(path, there)
    outcome = subprocess.run(["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, timeout=400)
    log = (tmp_path / "state" / "cron.log").read_text(encoding="utf-8")
    assert (outcome.returncode, outcome.stdout) == (0, ""), log[-2000:]
    assert "pipeline_success" in log


def test_archive_and_catalogue_alone_give_the_same_release_again(tmp_path):
    environment = project(tmp_path)
    assert run(environment).returncode == 0
    before = tables(tmp_path / "state")
    (tmp_path / "state").rename(tmp_path / "lost")
    (tmp_path / "state").mkdir()
    shutil.copytree(tmp_path / "lost" / "archive", tmp_path / "state" / "archive")
    outcome = run(environment, "--from-archive")
    assert outcome.returncode == 0, outcome.stderr
    assert tables(tmp_path / "state") == before


def test_the_state_of_the_version_of_24_november_opens_without_loss(tmp_path):
    """That version's own code makes the state, out of the repository's history."""
    old = tmp_path / "old"
    made = subprocess.run(["git", "-C", str(CHECKOUT), "worktree", "add", "-q", "--detach", str(old), OLD_COMMIT])
    if made.returncode != 0:
        pytest.skip(f"needs commit {OLD_COMMIT} in the repository's history")
    environment = project(tmp_path / "new", old / "tests" / "trackers")
    try:
        code = "import sys; sys.argv = ['signposts', 'run', '--offline']; from assets.cli import main; main()"
        first = subprocess.run([sys.executable, "-c", code], cwd=old, env=environment, capture_output=True, timeout=400)
        assert first.returncode == 0, first.stderr
    finally:
        subprocess.run(["git", "-C", str(CHECKOUT), "worktree", "remove", "--force", str(old)], check=True)
    home = tmp_path / "new" / "state"
    kept = claims(home)
    # The catalogue's form has changed since: its authors bring it up to date, as `signposts check` asks.
    shutil.rmtree(tmp_path / "new" / "catalogue")
    project(tmp_path / "new")
    outcome = run(environment)
    assert outcome.returncode == 0, outcome.stderr
    assert kept
    assert claims(home) >= kept
    assert (home / "schema_version").read_text(encoding="utf-8") == "2\n"
    with duckdb.connect(str(home / "published" / "signposts.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from release").fetchall() == [(2,)]


def claims(home: Path) -> set[tuple]:
    with duckdb.connect(str(home / "published" / "signposts.duckdb"), read_only=True) as connection:
        statement = "select claim_id, indicator_id, kind, value, published_on, recorded_at, status from claim"
        return set(connection.execute(statement).fetchall())


def test_state_of_a_newer_program_is_refused_by_name_and_left_alone(tmp_path):
    environment = project(tmp_path)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "schema_version").write_text("99\n", encoding="utf-8")
    outcome = run(environment)
    assert outcome.returncode in (1, 2)
    assert "schema_version says '99'" in outcome.stderr
    assert not (tmp_path / "state" / "published" / "signposts.duckdb").exists()
