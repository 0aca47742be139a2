"""Processor time of servers that run beside a bench: it says what a machine carries, whatever else it has to do."""

from __future__ import annotations

import os
from pathlib import Path


def used(parent: int) -> float:
    """Seconds of processor time of a process and those it started, so far."""
    found, tick = 0.0, os.sysconf("SC_CLK_TCK")
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = place.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if parent in (int(place.parent.name), int(told[1])):
            found += (int(told[11]) + int(told[12])) / tick
    return found


def database() -> int | None:
    """The process that started the backend we talk to; None of SQLite, and of a server on another machine."""
    from django.db import connection

    if connection.vendor != "postgresql" or connection.settings_dict["HOST"] not in ("", "127.0.0.1", "localhost"):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
