"""The wheel, installed in a fresh environment outside the checkout, does everything and writes nothing there."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.paths import CHECKOUT

pytestmark = pytest.mark.slow


def command(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGNPOSTS_")}
    return subprocess.run(
        [str(word) for word in words], cwd=cwd, env=kept | environment, capture_output=True, text=True, timeout=280
    )


def build_wheel(folder: Path) -> Path:
    words = ("-m", "pip", "wheel", "-q", "--disable-pip-version-check", "--no-deps", "-w", folder, CHECKOUT)
    built = command(sys.executable, *words, cwd=folder)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("signposts-*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel alone; the dependencies are read from the environment of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    assert command(sys.executable, "-m", "venv", folder, cwd=folder).returncode == 0
    python = folder / "bin" / "python"
    words = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index", wheel)
    installed = command(python, *words, cwd=folder)
    assert installed.returncode == 0, installed.stderr
    (site,) = (folder / "lib").glob("python*/site-packages")
    dependencies = folder / "dependencies"
    dependencies.mkdir()
    (own_site,) = {path for path in map(Path, sys.path) if path.name == "site-packages" and (path / "dagster").is_dir()}
    for entry in own_site.iterdir():
        if "signposts" not in entry.name and not entry.name.endswith(".pth"):
            (dependencies / entry.name).symlink_to(entry)
    (site / "dependencies.pth").write_text(f"{dependencies}\n")
    return folder


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file of the installed package; compiled code aside, which Python writes."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_wheel_has_one_top_level_name_and_every_statement(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"signposts"}
    shipped = {name.removeprefix("signposts/") for name in names}
    for folder, pattern in (("sql", "*.sql"), ("checks", "*.json"), ("checks", "*.sql")):
        own = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / folder).rglob(pattern)}
        assert own
        assert own <= shipped
    code = {path.relative_to(CHECKOUT / "signposts").as_posix() for path in (CHECKOUT / "signposts").rglob("*.py")}
    assert code <= shipped


def test_installed_outside_the_checkout_it_makes_a_project_runs_and_answers(environment: Path, tmp_path: Path) -> None:
    signposts = environment / "bin" / "signposts"
    (package,) = (environment / "lib").glob("python*/site-packages/signposts")
    before = digests(package)
    made = command(signposts, "init", "desk", "--example", "russia_iran", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    project = tmp_path / "desk"
    run = command(signposts, "run", "--offline", cwd=project)
    assert run.returncode == 0, run.stderr
    assert str(project / "var" / "published") in run.stdout
    (project / "catalogue" / "notes").mkdir()
    below = project / "catalogue"
    asked = command(signposts, "sql", "select count(*) as n from scenario", "--format", "csv", cwd=below)
    assert asked.stdout.split() == ["n", "4"]
    explained = command(signposts, "explain", "trade_total_usd", cwd=below)
    assert explained.returncode == 0, explained.stderr
    assert "trade" in explained.stdout.lower()
    page = command(signposts, "report", cwd=project)
    assert Path(page.stdout.strip()).is_file()
    assert digests(package) == before
