"""The round of the outbox: what is to be asked is put in, what is due is sent. The worker keeps it."""

from __future__ import annotations

import logging
import threading
import time

from django.db import connection
from django.utils import timezone

from tenure.desk.voice.sending.delivering import send_due
from tenure.desk.voice.sending.purposes import PURPOSES, purpose_of

log = logging.getLogger(__name__)


def round_() -> None:
    """Collect and send once; a failure is logged and the next round does it."""
    try:
        for name in PURPOSES:
            collect = getattr(purpose_of(name), "collect", None)
            if collect is not None:
                collect(timezone.now())
        send_due(timezone.now())
    except Exception:
        log.exception("messages could not be sent")


def keep_sending(*, once: bool, every: float = 15.0) -> None:
    """Do a round now and, unless ``once``, every ``every`` seconds on a thread as long as the worker lives."""

    def go_on() -> None:
        while True:
            time.sleep(every)
            round_()
            connection.close()

    round_()
    if not once:
        threading.Thread(target=go_on, name="messages", daemon=True).start()
