"""Acts begun at the same moment, each on a connection of its own: for tests of races (``transaction=True``)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from tenure.desk.publication.current import pin


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave, or the exception it raised, in the order of the acts."""
    started = threading.Barrier(len(acts))
    given: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            with pin():
                started.wait()
                given[place] = act()
        except Exception as wrong:  # the test looks at it
            given[place] = wrong
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given
