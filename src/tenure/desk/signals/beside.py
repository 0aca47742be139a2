"""Signals and entries of the work list about the same thing are one piece of work; see ``work.beside``.

Which speaks of which is a pure rule (``rules.spoken_of``). A service that ends one ends the other in its own
transaction and keeps on the signal how it stood and with which entry it ended, so that taking back is exact. Whoever
finishes an entry holds its row and takes no signal that another holds; whoever closes a signal holds it and waits for
the entry: nobody waits in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from tenure.contracts.signals import BY_NAME
from tenure.desk.control import audit
from tenure.desk.kit import formats
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import acts_for, entries_of, entries_of_each, standing_of
from tenure.desk.signals import rules
from tenure.desk.signals.models import Signal
from tenure.desk.work.beside import Beside
from tenure.desk.work.selectors import Matter, matters_of

State = Signal.State


class _Signals:
    """Signals as the work list knows them."""

    def about(self, user: User, entries: Sequence[Any]) -> Mapping[str, Sequence[Beside]]:
        wanted = {one.party_id for one in entries if one.rule in rules.SPOKEN_OF}
        if not wanted:
            return {}
        numbers = entries_of_each(wanted)
        found = list(_speaking(numbers, timezone.now()).select_related("claimed_by"))
        if not found:
            return {}
        named = {numbers[one.party_id] for one in found}
        there = _Entries({number: stands for number, stands in numbers.items() if stands in named})
        beside: dict[str, list[Beside]] = defaultdict(list)
        for signal in found:
            key = there.meant(signal)
            if key:
                beside[key].append(_beside(user, signal))
        return beside

    def settle(self, user: User, entry: Any, outcome: str, now: datetime) -> None:
        if outcome not in rules.REACHED or entry.rule not in rules.SPOKEN_OF:
            return
        numbers = dict.fromkeys(entries_of(entry.party_id), entry.party_id)
        skips = connection.features.has_select_for_update_skip_locked
        waiting = _about(numbers).filter(state__in=rules.OPEN).select_for_update(skip_locked=skips).order_by("pk")
        # The entry itself is done by now, and is still the one they may speak of.
        there = _Entries(numbers, also=entry.proposal_key)
        for signal in waiting:
            if there.meant(signal) == entry.proposal_key and _may_end(user, signal):
                signal.before = standing(signal)
                signal.state, signal.outcome, signal.closed_at = State.CLOSED, "contacted", now
                signal.claimed_by, signal.claimed_at = user, signal.claimed_at or now
                signal.settled_with, signal.version, signal.changed_at = entry.proposal_key, signal.version + 1, now
                signal.save()
                told = {"customer": signal.party_id, "rule": signal.rule, "outcome": signal.outcome}
                told["entry"] = entry.proposal_key
                audit.record(user, "signal.close", now=now, kind="signal", key=str(signal.pk), changes=told)

    def take_back(self, user: User, proposal_key: str, now: datetime) -> None:
        ended = Signal.objects.select_for_update().filter(settled_with=proposal_key, state=State.CLOSED).order_by("pk")
        for signal in ended:
            stand_again(signal, now)
            told = {"customer": signal.party_id, "rule": signal.rule, "state": signal.state}
            audit.record(user, "signal.reopen", now=now, kind="signal", key=str(signal.pk), changes=told)


SIGNALS = _Signals()


def entry_to_settle(user: User, signal: Signal) -> str:
    """The key of the open entry a locked signal speaks of; empty where there is none, or it is with somebody else."""
    stands = standing_of([signal.party_id]).get(signal.party_id, signal.party_id)
    there = _Entries(dict.fromkeys(entries_of(stands), stands))
    found = there.by_key.get(there.meant(signal))
    return found.key if found is not None and (not found.handed_to or found.handed_to in acts_for(user)) else ""


def matters_beside(signals: Iterable[Signal]) -> dict[Any, Matter]:
    """What each of these signals speaks of on the work list, finished or not, by its id; of customers one sees."""
    listed = [one for one in signals if one.rule in rules.SAME_WORK]
    if not listed:
        return {}
    stands = standing_of(one.party_id for one in listed)
    there = _Entries(entries_of_each({stands.get(one.party_id, one.party_id) for one in listed}))
    found = {one.pk: there.by_key.get(there.meant(one)) for one in listed}
    return {pk: one for pk, one in found.items() if one is not None}


def standing(signal: Signal) -> dict[str, Any]:
    """How a signal stands before it is ended, as JSON."""
    at = signal.claimed_at
    return {"state": signal.state, "claimed_by": signal.claimed_by_id, "claimed_at": at.isoformat() if at else None}


def stand_again(signal: Signal, now: datetime) -> None:
    """Bring the locked, closed signal back to how it stood before its end; whoever does so writes the line."""
    before = signal.before or standing(signal) | {"state": State.CLAIMED.value}
    signal.state, signal.claimed_by_id = before["state"], before["claimed_by"]
    signal.claimed_at = datetime.fromisoformat(before["claimed_at"]) if before["claimed_at"] else None
    signal.outcome, signal.closed_at, signal.closing_words = "", None, ""
    signal.settled_with, signal.before, signal.version, signal.changed_at = "", None, signal.version + 1, now
    signal.save()


class _Entries:
    """Entries of some customers that signals may speak of.

    Args:
        numbers: every number of these customers, with who stands for it.
        also: the key of an entry that counts though it is done.
    """

    def __init__(self, numbers: Mapping[str, str], also: str = "") -> None:
        self._numbers = numbers
        self.by_key = {one.key: one for one in matters_of(numbers, rules.SPOKEN_OF)}
        self._open: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = defaultdict(list)
        for one in self.by_key.values():
            if one.state != "done" or one.key == also:
                self._open[numbers[one.party_id]].append((one.key, one.rule, one.facts))

    def meant(self, signal: Signal) -> str:
        """The key of the entry ``signal`` speaks of, or with which it ended; empty where there is none."""
        if signal.settled_with:
            return signal.settled_with
        theirs = self._open.get(self._numbers.get(signal.party_id, ""), [])
        return rules.spoken_of(signal.rule, signal.facts.get("event_amount"), theirs)


def _about(numbers: Mapping[str, str]) -> QuerySet[Signal]:
    """Signals that may speak of an entry about these customers."""
    return Signal.objects.filter(party_id__among=sorted(numbers), rule__in=list(rules.SAME_WORK))


def _speaking(numbers: Mapping[str, str], now: datetime) -> QuerySet[Signal]:
    """Those of :func:`_about` that are open, or were closed lately; the newest first."""
    lately = Q(state=State.CLOSED, closed_at__gte=now - timedelta(days=rules.TOLD_FOR))
    return _about(numbers).filter(Q(state__in=rules.OPEN) | lately).order_by("-at", "pk")


def _may_end(user: User, signal: Signal) -> bool:
    """Theirs already, or theirs to claim: what a colleague has taken on stays with them."""
    if signal.state == State.CLAIMED:
        return signal.claimed_by_id == user.pk
    goes_to = user.staff_id if signal.goes_to in acts_for(user) else signal.goes_to
    return rules.may_claim(signal.state, goes_to, user.staff_id, reach_of(user).roles)


def _beside(user: User, signal: Signal) -> Beside:
    rule = BY_NAME[signal.rule]
    return Beside(
        id=signal.pk,
        title=rule.zh if formats.is_chinese(get_language() or "en") else rule.en,
        state=signal.state,
        who=signal.claimed_by.name if signal.claimed_by is not None else "",
        at=signal.closed_at or signal.claimed_at or signal.at,
        outcome=signal.outcome,
        mine=signal.claimed_by_id == user.pk,
        settles=signal.state in rules.OPEN and _may_end(user, signal),
    )
