"""The audit trail: one line for every change, every view of personal values, every export. Append-only.

Each line carries an HMAC-SHA256 over its content and over the line before it, keyed with the installation's
secret, so that a line changed, removed or slipped in behind the desk's back shows in :func:`verify_chain`. Lines
form ``CHAINS`` chains, chosen by the actor: one person's acts stay in order, and two people's writes on
PostgreSQL wait for each other only when they share a chain, and then only for the rest of a short transaction. What
nobody signed in does (a customer answers, a job runs) goes by the thing acted on, whose lines stay in order likewise.

A service records its line *last* in its transaction: the chain's head is then locked for the shortest time, and
always after the rows the service changes, so that no two services can wait for each other in a circle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zlib import crc32

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from tenure.desk.control.models import AuditChain, AuditEvent
from tenure.desk.control.origin import origin
from tenure.desk.control.written import execute, insert
from tenure.desk.control.written import here as database

CHAINS = 16
_HEAD = "SELECT length, digest FROM control_auditchain WHERE number = %s"
_LONGER = "UPDATE control_auditchain SET length = %s, digest = %s WHERE number = %s"
_SALT = "tenure.desk.control.audit"


def record(
    actor: AbstractBaseUser | None,
    act: str,
    *,
    now: datetime,
    kind: str = "",
    key: str = "",
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    actor_name: str = "",
) -> AuditEvent:
    """Append one line, in the transaction of the caller (or its own).

    Args:
        actor: who acts; None for the command line or a name nobody has, with ``actor_name`` saying which.
        act: what, as ``object.verb``: ``entry.complete``, ``customer.open``, ``user.sign_in``.
        now: when.
        kind: the kind of thing acted on (``customer``, ``entry``, ``user`` …).
        key: its id.
        changes: what changed or was shown: plain values; dates and floats are kept as text.
        reason: why, in the actor's words.
    """
    here = origin()
    number = (actor.pk if actor is not None else crc32(f"{kind} {key}".encode())) % CHAINS
    event = AuditEvent(
        chain=number,
        at=now.astimezone(UTC),
        actor_id=actor.pk if actor is not None else None,
        actor_name=(actor_name or (actor.get_username() if actor is not None else ""))[:120],
        act=act,
        object_kind=kind,
        object_id=key,
        changes=_plain(changes or {}),
        reason=reason[:500],
        address=here.address,
        request_id=here.request_id,
    )
    with transaction.atomic(savepoint=False):  # a line that cannot be written undoes what it would have told
        connection = database()
        head_now = _HEAD + (" FOR UPDATE" if connection.features.has_select_for_update else "")
        head = execute(connection, head_now, [number]).fetchone()
        if head is None:  # the chain's first line ever
            AuditChain.objects.get_or_create(number=number)
            head = execute(connection, head_now, [number]).fetchone()
        length, event.previous = head
        event.position = length + 1
        event.digest = _seal(event, settings.SECRET_KEY)
        insert(event)
        execute(connection, _LONGER, [event.position, event.digest, number])
    return event


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the trail found: how many lines hold, and in words what does not."""

    events: int
    broken: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every line is as it was written and none is missing."""
        return not self.broken


def verify_chain() -> Verdict:
    """Read the whole trail and check every seal, every place and every chain's head.

    Memory stays flat; some 10,000 lines a second. A retired secret belongs in Django's ``SECRET_KEY_FALLBACKS``.
    """
    heads = {head.number: head for head in AuditChain.objects.all()}
    broken: list[str] = []
    events = 0
    for number in sorted({*heads, *AuditEvent.objects.values_list("chain", flat=True).distinct().order_by("chain")}):
        place, digest = 0, ""
        for event in AuditEvent.objects.filter(chain=number).order_by("position").iterator(chunk_size=2000):
            events += 1
            if event.position != place + 1:
                broken.append(f"chain {number}: lines {place + 1} to {event.position - 1} are missing")
            elif event.previous != digest:
                broken.append(f"chain {number}, line {event.position}: does not follow the line before it")
            if not _sealed(event):
                broken.append(f"chain {number}, line {event.position}: changed since it was written")
            place, digest = event.position, event.digest
        head = heads.get(number)
        if head is None:
            broken.append(f"chain {number}: its head is missing")
        elif (head.length, head.digest) != (place, digest):
            broken.append(f"chain {number}: ends at line {place}, its head says {head.length}")
    return Verdict(events, tuple(broken))


def _sealed(event: AuditEvent) -> bool:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(event.digest, _seal(event, key)) for key in keys)


def _seal(event: AuditEvent, secret: str) -> str:
    content = json.dumps(
        [
            event.chain,
            event.position,
            event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            event.actor_id,
            event.actor_name,
            event.act,
            event.object_kind,
            event.object_id,
            event.changes,
            event.reason,
            event.address,
            event.request_id,
            event.previous,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return salted_hmac(_SALT, content, secret=secret, algorithm="sha256").hexdigest()


def _plain(value: Any) -> Any:
    """``value`` as JSON that reads back exactly on every database: PostgreSQL rewrites floats, so they go as text."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value).replace("\x00", "")  # PostgreSQL's JSON holds no NUL
        case date():
            return value.isoformat()
        case Mapping():
            return {str(k): _plain(v) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            items = [_plain(v) for v in value]
            return sorted(items, key=str) if isinstance(value, (set, frozenset)) else items
        case _:
            return str(value)
