"""The desk's database from one address: SQLite for one machine, PostgreSQL above that."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tenure.errors import DeskDatabaseError

# The log is copied into the database (and the disk waited for, twice) every 40 MB, not every 4: whoever answers or
# notes something waited for that after each hundredth or so.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456; PRAGMA cache_size=-8192;"
    "PRAGMA wal_autocheckpoint=10000;"
)


def database_from(address: str, home: Path) -> dict[str, Any]:
    """Django's settings for ``address``; empty means ``desk.sqlite3`` in ``home``.

    Raises:
        DeskDatabaseError: the address is of no kind the desk knows.
    """
    if not address:
        return _sqlite(home / "desk.sqlite3")
    parts = urlsplit(address)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path.removeprefix("/") if parts.path.startswith("//") else parts.path)))
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"application_name": "tenure"},
        }
    raise DeskDatabaseError(
        f"TENURE_DATABASE is “{parts.scheme}://…”, which the desk does not know.",
        "Use sqlite:///path/to/desk.sqlite3 or postgresql://user:password@host:5432/name.",
    )


def _sqlite(path: Path) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "tenure.desk.conf.sqlite",
        "NAME": path,
        # To open the file and close it again (the last to close it empties the log) costs more than a page does.
        # Each thread keeps its own, with 8 MB besides what all share by the map.
        "CONN_MAX_AGE": None,
        # One writer at a time: take the lock when a transaction begins rather than fail when it first writes.
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS},
        "TEST": {"NAME": path.with_name("test-desk.sqlite3")},
    }
