"""What can be put before a second pair of eyes, and who may look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from tenure.desk.control.models import Change
    from tenure.desk.org.models import User
    from tenure.desk.org.rules import Permission

#: Where each kind of change is known; a path and not an import, because control lies below these apps.
KINDS: dict[str, str] = {
    "export.many": "tenure.desk.control.exports.MANY",
    "credit.dispute": "tenure.desk.opportunities.credit.disputes.DISPUTE",
    "sheet.edits": "tenure.desk.control.sheets.services.EDITS",
    "customers.merge": "tenure.desk.parties.merging.MERGE",
    "request.copy": "tenure.desk.requests.changing.COPY",
    "request.erase": "tenure.desk.requests.changing.ERASE",
    "network.upkeep": "tenure.desk.network.upkeep.approval.UPKEEP",
    "portfolio.hand_over": "tenure.desk.team.changing.HAND_OVER",
    "case.extend": "tenure.desk.voice.cases.changing.EXTENSION",
    "complaint.concession": "tenure.desk.voice.complaints.changing.CONCESSION",
    "signals.rules": "tenure.desk.signals.changing.RULES",
    "bundles.edit": "tenure.desk.offers.changing.BUNDLE",
    "improvement.start": "tenure.desk.voice.causes.changing.START",
    "panel.open": "tenure.desk.voice.panels.changing.OPEN",
    "surveys.version": "tenure.desk.voice.surveys.changing.VERSION",
}
#: Of these kinds some are kept from a reader, whatever their posts: nobody learns what is asked for about themselves.
KEPT: dict[str, str] = {
    "case.extend": "tenure.desk.voice.cases.reading.kept_changes",
    "complaint.concession": "tenure.desk.voice.complaints.reading.kept_changes",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what a change would do: what is concerned, what stands there, what would stand there."""

    label: str
    before: str = ""
    after: str = ""


class ChangeKind(Protocol):
    """How one kind of change is named, shown, checked and applied."""

    #: What a checker's posts must give, at the change's branch or above it.
    checks: Permission

    def name(self) -> str:
        """What is asked for, in the reader's language: “Export of many customers”."""

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        """What it is about in a few words, masked as ``reader`` must see it, and where to look at it (may be empty)."""

    def lines(self, change: Change, reader: User) -> list[Line]:
        """What it would do, masked as ``reader`` must see it."""

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        """Do it, in the transaction of the approval; what is needed to know it by later, as JSON.

        Raises TenureError where the world has moved on; then nothing is decided and the checker is told.
        """

    def refused(self, change: Change, now: datetime) -> None:
        """What a rejection or withdrawal ends, in its transaction."""


def kind_of(change: Change) -> ChangeKind:
    """The kind of ``change``."""
    kind: ChangeKind = import_string(KINDS[change.kind])
    return kind


def kept_from(reader: User, subjects: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which changes are kept from ``reader``, each told by its kind and the id of what it is about."""
    by_kind: dict[str, set[str]] = {}
    for kind, subject_id in subjects:
        if kind in KEPT:
            by_kind.setdefault(kind, set()).add(subject_id)
    return {(kind, one) for kind, ids in by_kind.items() for one in import_string(KEPT[kind])(reader, ids)}


def name_of(kind: str) -> str:
    """What a kind of change asks for, in the reader's language; the kind itself where this version knows none."""
    return str(import_string(KINDS[kind]).name()) if kind in KINDS else kind


def kinds_by_check() -> dict[Permission, list[str]]:
    """Names of the kinds, by the permission that checks them."""
    found: dict[Permission, list[str]] = {}
    for name, path in KINDS.items():
        found.setdefault(import_string(path).checks, []).append(name)
    return found
