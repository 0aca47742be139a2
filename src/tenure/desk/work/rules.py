"""What may become of a work-list entry. Pure decisions: no database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

#: Roles that work the branch's pool: entries of customers nobody in particular looks after.
WORKS_POOL = frozenset({"branch_head", "lobby_manager"})
#: An entry is put off at most this long; beyond it the night's picture has changed anyway.
LONGEST_SNOOZE = timedelta(days=90)
#: A contact is logged at most this long after it took place.
LATEST_LOG = timedelta(days=31)
WORDS_LENGTH = 2000
LIST_LENGTH = 200

DONE, SNOOZED, HANDED_OVER = "done", "snoozed", "handed_over"


def still_on_list(state: str, snoozed_until: date | None, today: date) -> bool:
    """Whether an entry in ``state`` (empty: untouched) is to be worked on ``today``."""
    match state:
        case "done":
            return False
        case "snoozed":
            return snoozed_until is not None and snoozed_until <= today
        case _:
            return True


def snooze_ends_well(until: date, today: date) -> bool:
    """Whether one may put an entry off from ``today`` to ``until``: from tomorrow, for three months at most."""
    return today < until <= today + LONGEST_SNOOZE


def may_be_handed_to(staff_path: str, customer_path: str) -> bool:
    """Whether an employee at ``staff_path`` may take over work on a customer at ``customer_path``.

    They work at the customer's branch, above it or below it; customers do not leave their branch by a hand-over.
    """
    return customer_path.startswith(staff_path) or staff_path.startswith(customer_path)


def same_contact(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """Names of the fields in which a contact sent again differs from the one sent before; empty: the same."""
    return sorted(name for name in now if before.get(name) != now[name])


def step_is_open(step_on: date, promised_at: datetime, kept: Iterable[tuple[datetime, date]]) -> bool:
    """Whether a promised next step still waits: no contact after the promise took place on its day or later.

    ``kept`` are moments and days of contacts in which somebody was reached.
    """
    return not any(at > promised_at and day >= step_on for at, day in kept)
