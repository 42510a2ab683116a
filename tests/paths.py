"""Where the checkout's own folders are, for tests that read them. Nothing else belongs here."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
SQL_ROOT = CHECKOUT / "sql"
