"""What messages of panels say, in both languages, and what is noted when they left or came to nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenure.desk.kit import formats
from tenure.desk.kit.wording import code_name
from tenure.desk.publication.current import pinned
from tenure.desk.voice.panels import link_services, rules
from tenure.desk.voice.panels.models import Attendance, Feedback, Member, Panel, Session
from tenure.desk.voice.panels.telling import INVITATION, invite
from tenure.desk.voice.sending import rules as outbox
from tenure.desk.voice.sending.models import Message
from tenure.desk.voice.sending.purposes import Written
from tenure.desk.voice.sending.settings import sending as how

#: Invitations put into the outbox in one round.
AT_ONCE = 1_000
_ENDED = (outbox.FAILED, outbox.BOUNCED, outbox.DROPPED)


def title_of(one: Panel, language: str) -> str:
    """What a panel tests, as customers read it in a language."""
    return one.title if formats.is_chinese(language) else one.title_en or one.title


def purpose_of(one: Panel, language: str) -> str:
    """What it is for, likewise."""
    return one.purpose if formats.is_chinese(language) else one.purpose_en or one.purpose


def _link(token: str) -> str:
    return how().links_address + reverse("panel_links:answer", args=[token])


def bank() -> str:
    publication = pinned()
    return publication.bank if publication is not None else ""


class _Invitation:
    """See ``voice.sending.purposes.Purpose``. Nobody is asked who refuses to be, up to the moment it leaves."""

    consent = "experience"

    def name(self) -> str:
        return _("Invitation to a panel")

    def write(self, message: Message, now: datetime) -> Written | None:
        token = link_services.give_invitation_link(UUID(message.about), now=now)
        if token is None:
            return None
        one = Member.objects.select_related("panel").get(pk=message.about).panel
        with translation.override(message.language):
            title = title_of(one, message.language)
            text = _(
                "%(bank)s invites you to try something: %(title)s. You were drawn by lot. Yes or no, here: %(link)s"
            ) % {"bank": bank(), "title": title, "link": _link(token)}
        return Written(title, text)

    def came_of(self, message: Message, now: datetime) -> None:
        rows = Member.objects.filter(pk=UUID(message.about))
        if message.state == outbox.SENT:
            rows.filter(sent_at=None).update(sent_at=now, changed_at=now)
            rows.filter(state=rules.WAITING).update(state=rules.SENT)
        elif message.state in _ENDED:
            rows.filter(state__in=(rules.WAITING, rules.SENT)).update(state=rules.BOUNCED, changed_at=now)

    def collect(self, now: datetime) -> int:
        """Put everybody who was drawn and not yet written to into the outbox; returns how many."""
        waiting = Member.objects.filter(state=rules.WAITING, sent_at=None, expires_at__gt=now, panel__state=rules.OPEN)
        if not waiting.exists():
            return 0
        since = now - timedelta(days=61)
        known = set(Message.objects.filter(purpose=INVITATION, queued_at__gt=since).values_list("about", flat=True))
        new = [one for one in waiting.order_by("panel_id", "place") if str(one.pk) not in known][:AT_ONCE]
        asked = [one for one in new if one.channel in outbox.CHANNELS]
        for one in asked:
            invite(one, now)
        return len(asked)


class _Session:
    """When and where a session is, or that it is not. Who takes part said so: no other consent is needed."""

    consent = ""

    def name(self) -> str:
        return _("Session of a panel")

    def write(self, message: Message, now: datetime) -> Written | None:
        one = Session.objects.select_related("panel").filter(pk=UUID(message.about)).first()
        cancelled = bool(message.facts.get("cancelled"))
        if one is None or (one.cancelled_at is not None) != cancelled or one.at <= now:
            return None
        with translation.override(message.language):
            told = {
                "title": title_of(one.panel, message.language),
                "at": formats.moment(timezone.localtime(one.at), message.language),
                "how": code_name(one.way, "panel_session", message.language),
                "place": one.place,
            }
            if cancelled:
                text = _("“%(title)s”: the session on %(at)s is cancelled. We are sorry.") % told
            else:
                text = _("“%(title)s”: thank you for taking part. We meet on %(at)s, %(how)s: %(place)s") % told
        return Written(told["title"], text)

    def came_of(self, message: Message, now: datetime) -> None:
        """The outbox says what became of it."""


class _HowItWas:
    """Asks somebody who took part how it was, by a link of their own."""

    consent = ""

    def name(self) -> str:
        return _("How a session of a panel was")

    def write(self, message: Message, now: datetime) -> Written | None:
        token = link_services.give_feedback_link(UUID(message.about), now=now)
        if token is None:
            return None
        one = Attendance.objects.select_related("member__panel").get(pk=message.about).member.panel
        with translation.override(message.language):
            title = title_of(one, message.language)
            text = _("“%(title)s”: how was it? Two questions: %(link)s") % {"title": title, "link": _link(token)}
        return Written(title, text)

    def came_of(self, message: Message, now: datetime) -> None:
        """The outbox says what became of it; staff can note what they hear otherwise."""


class _Outcomes:
    """Tells somebody what came of what they said. An answer to who spoke needs no consent."""

    consent = ""

    def name(self) -> str:
        return _("What came of a panel")

    def write(self, message: Message, now: datetime) -> Written | None:
        member = Member.objects.select_related("panel").filter(pk=UUID(message.about)).first()
        said = Feedback.objects.filter(member=member).select_related("outcome").order_by("given_at")
        outcomes = {one.outcome.pk: one.outcome for one in said if one.outcome is not None}
        if member is None or not outcomes or len([one for one in said if one.outcome is None]):
            return None
        with translation.override(message.language):
            title = title_of(member.panel, message.language)
            lines = [
                f"{code_name(one.kind, 'panel_outcome', message.language)}: {one.words}" for one in outcomes.values()
            ]
            text = _("“%(title)s”: thank you for what you told us. What came of it:") % {"title": title}
        return Written(title, "\n".join([text, *lines, bank()]))

    def came_of(self, message: Message, now: datetime) -> None:
        rows = Member.objects.filter(pk=UUID(message.about), telling_at__isnull=False)
        if message.state == outbox.SENT:
            rows.filter(told_at=None).update(told_at=now, told_how="message", told_problem="", changed_at=now)
        elif message.state in _ENDED:
            told = rows.filter(told_how__in=("", "message"))
            told.update(told_at=None, told_how="", telling_at=None, told_problem=message.problem[:20], changed_at=now)


INVITE, SESSION, HOW_IT_WAS, OUTCOMES = _Invitation(), _Session(), _HowItWas(), _Outcomes()
