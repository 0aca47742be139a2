"""What letters about complaints say, in both languages, and how the outbox sends them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenure.desk.kit import formats
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.publication.current import pinned
from tenure.desk.voice.complaints.models import Complaint, Letter
from tenure.desk.voice.complaints.rules import last_moment
from tenure.desk.voice.sending.models import Message
from tenure.desk.voice.sending.purposes import Written

PURPOSE = "complaint"
LANGUAGES = ("zh-hans", "en")
WORDS = 2000


def written(user: User, complaint: Complaint, kind: str, language: str, words: str, now: datetime) -> tuple[str, str]:
    """Subject and text of a letter, in its own language whatever its writer reads."""
    publication = pinned()
    bank = publication.bank if publication is not None else ""
    name = must_see(user, complaint.party_id).name if complaint.party_id else complaint.person
    with translation.override(language):
        day = formats.day(timezone.localdate(complaint.received_at), language)
        told = {"day": day, "number": complaint.number}
        subject = _("Your complaint %(number)s") % told
        begins = _("Dear %(name)s,") % {"name": name} if name else _("Dear customer,")
        due = _due(complaint, language)
        middle = {
            "received": _(
                "On %(day)s we received your complaint, number %(number)s. We are sorry that you had reason to "
                "complain. Somebody with no part in the matter looks into it."
            ),
            "extended": _("We need more time for your complaint %(number)s of %(day)s, because:"),
            "papers": _(
                "To decide your complaint %(number)s of %(day)s we need from you only what we do not hold already:"
            ),
            "decided": _("We have looked into your complaint %(number)s of %(day)s. This is our decision and why:"),
        }[kind] % told
        parts = [begins, middle]
        if words:
            parts.append(words)
        if kind in ("received", "extended") and due:
            parts.append(_("You hear our decision by %(due)s.") % {"due": due})
        if kind == "decided":
            parts.append(
                _(
                    "If you disagree you may ask us to look again, ask the mediation body or the supervisor, or go to "
                    "court."
                )
            )
        parts.append("\n".join([bank, formats.day(timezone.localdate(now), language)]))
        return subject, "\n\n".join(parts)


def _due(complaint: Complaint, language: str) -> str:
    if complaint.case is None:
        return ""
    clock = complaint.case.clocks.filter(clock="regulator", stopped_at=None).order_by("-round").first()
    return (
        formats.day(timezone.localdate(last_moment(clock.due_at)), language)
        if clock is not None and clock.due_at
        else ""
    )


class _Letter:
    """See ``voice.sending.purposes.Purpose``. An answer to a complaint needs no consent."""

    consent = ""

    def name(self) -> str:
        return _("Letter on a complaint")

    def write(self, message: Message, now: datetime) -> Written | None:
        letter = Letter.objects.filter(pk=UUID(message.about)).first()
        return Written(letter.subject, letter.text) if letter is not None else None

    def came_of(self, message: Message, now: datetime) -> None:
        """The outbox says what became of it; the letter stays as it was written."""


LETTER = _Letter()
