"""When wrong passwords close the door, and for how long. Pure decisions."""

from __future__ import annotations

from datetime import datetime, timedelta

#: Wrong passwords in a row after which a name is locked; every further so many lock it again, twice as long.
FAILURES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
#: Wrong passwords from one address within the window after which it must wait for the window's end.
ADDRESS_FAILURES = 30
ADDRESS_WINDOW = timedelta(minutes=15)


def lock_for(failures: int) -> timedelta | None:
    """How long a name is locked at its ``failures``-th wrong password in a row; None where it is not.

    The 5th locks for 15 minutes, the 10th for 30, the 15th for 60 …, at most a day.
    """
    if failures <= 0 or failures % FAILURES:
        return None
    doublings = min(failures // FAILURES - 1, 10)
    return min(FIRST_LOCK * 2**doublings, LONGEST_LOCK)


def is_locked(until: datetime | None, now: datetime) -> bool:
    """Whether a lock that ends at ``until`` still holds."""
    return until is not None and now < until


def address_waits(failures: int, window_began: datetime, now: datetime) -> bool:
    """Whether an address with so many failures in its window must wait."""
    return failures >= ADDRESS_FAILURES and now < window_began + ADDRESS_WINDOW
