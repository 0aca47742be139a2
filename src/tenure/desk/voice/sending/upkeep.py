"""The round of the outbox: what is to be asked is put in, what is due is sent. Listed in ``control.jobs.rounds``."""

from __future__ import annotations

from datetime import datetime

from tenure.desk.voice.sending.delivering import send_due
from tenure.desk.voice.sending.purposes import PURPOSES, purpose_of


def collect_and_send(now: datetime) -> None:
    """Collect and send once; what fails is tried again by the next round."""
    for name in PURPOSES:
        collect = getattr(purpose_of(name), "collect", None)
        if collect is not None:
            collect(now)
    send_due(now)
