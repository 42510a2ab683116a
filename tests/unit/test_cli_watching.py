"""What `signposts watch` notices."""

from pathlib import Path

from signposts.cli.watching import changes, stand_of_files
from signposts.settings import Settings


def test_new_changed_and_vanished_files_are_noticed_and_those_in_making_are_not(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home", tmp_path / "catalogue")
    ledger = settings.catalogue_root / "island" / "ledger"
    ledger.mkdir(parents=True)
    settings.inbox.mkdir(parents=True)
    kept, edited, gone = (ledger / name for name in ("kept.csv", "edited.csv", "gone.csv"))
    for path in (kept, edited, gone):
        path.write_text("before", encoding="utf-8")
    before = stand_of_files(settings)
    edited.write_text("after that", encoding="utf-8")
    gone.unlink()
    dropped = settings.inbox / "votes.csv"
    dropped.write_text("dropped", encoding="utf-8")
    (ledger / ".new-1234").write_text("half", encoding="utf-8")
    assert changes(before, before) == []
    assert changes(before, stand_of_files(settings)) == sorted([edited, gone, dropped])
