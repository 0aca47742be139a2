"""Complaints that other systems send, row by row: a bad one is told with what was expected, the others are taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.refusals import in_words
from tenure.desk.control.rows import Wrong, gettext_noop, text_of
from tenure.desk.org.models import User
from tenure.desk.voice.complaints import rules
from tenure.desk.voice.complaints.services import take_in

MOST = 500
_MORE = ("party_id", "person", "reach", "org_id", "concerns", "served_by", "wish")


def take_many(user: User, rows: Sequence[Any], *, now: datetime) -> dict[str, Any]:
    """Take each row in as a complaint, in a transaction of its own.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        Unacceptable: no rows, or more than 500.
    """
    must(user)
    if not 0 < len(rows) <= MOST:
        raise Unacceptable(_("Send 1 to %(most)s rows.") % {"most": MOST}, field="complaints")
    taken, refused = [], []
    for index, row in enumerate(rows):
        told = row.get("external_id") if isinstance(row, Mapping) else None
        number = told[:60] if isinstance(told, str) else ""
        try:
            arrival = take_in(user, now=now, **_read(row))
        except Wrong as no:
            told_why = in_words(no.refusal(row, index)).expected
            refused.append({"index": index, "external_id": number, "field": no.field, "expected": told_why})
        except (Unacceptable, NotFound, Conflict) as no:
            field = getattr(no, "field", "") or ("external_id" if isinstance(no, Conflict) else "party_id")
            words = f"{no.message} {no.remedy}".strip()
            refused.append({"index": index, "external_id": number, "field": field, "expected": words})
        else:
            complaint = arrival.complaint
            taken.append({
                "external_id": number, "complaint": complaint.pk, "number": complaint.number,
                "standing": arrival.standing,
            })  # fmt: skip
    return {"taken": taken, "refused": refused}


def _read(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise Wrong("", gettext_noop("an object"))
    if unknown := set(row) - {*_MORE, "external_id", "channel", "received_at", "words", "disputed"}:
        raise Wrong(sorted(map(str, unknown))[0][:40], gettext_noop("no such field"))
    told: dict[str, Any] = {
        "external_id": text_of(row, "external_id", 60),
        "channel": text_of(row, "channel", 20),
        "words": text_of(row, "words", rules.WORDS),
        "received_at": _moment(row.get("received_at")),
    }
    for name in _MORE:
        if row.get(name) not in (None, ""):
            told[name] = text_of(row, name, rules.WISH if name == "wish" else 200)
    if row.get("disputed") is not None:
        told["disputed"] = _amount(row["disputed"])
    return told


def _amount(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < rules.MOST_AMOUNT:
        raise Wrong("disputed", gettext_noop("a whole number of minor units above 0"))
    return value


def _moment(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Wrong("received_at", gettext_noop("a moment with its time zone, such as 2026-11-22T10:15:00+08:00"))
    return at
