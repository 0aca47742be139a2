"""Senders that leave this machine alone: a file for another program to read, and the console while trying out."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from tenure.desk.voice.sending.senders import NotNow, Outgoing


def folder() -> Path:
    """Where the files are, readable by the desk's own user alone: links and addresses stand in them."""
    return Path(settings.HOME) / "outbox"


class ToFile:
    """One JSON line per message in ``TENURE_HOME/outbox/CHANNEL-DAY.jsonl``."""

    def send(self, out: Outgoing) -> str:
        """Append the line and wait until it is on the disk."""
        now = datetime.now(UTC)
        line = json.dumps({"at": now.isoformat(timespec="seconds"), **asdict(out)}, ensure_ascii=False) + "\n"
        try:
            folder().mkdir(mode=0o700, parents=True, exist_ok=True)
            path = folder() / f"{out.channel}-{now:%Y-%m-%d}.jsonl"
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "ab", buffering=0) as file:
                file.write(line.encode())  # one write: two processes never mix their lines
                os.fsync(file.fileno())
        except OSError as wrong:
            raise NotNow(wrong.strerror or "the file cannot be written") from None
        return ""


class ToConsole:
    """Prints the message."""

    def send(self, out: Outgoing) -> str:
        """Print it on standard output."""
        sys.stdout.write(f"[{out.channel} → {out.address}] {out.subject}\n{out.text}\n")
        sys.stdout.flush()
        return ""
