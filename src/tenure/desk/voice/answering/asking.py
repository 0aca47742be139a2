"""What a survey's message says: a fresh link, made when it is sent and kept nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tenure.desk.voice.sending import rules as outbox
from tenure.desk.voice.sending import services as sending
from tenure.desk.voice.sending.models import Message
from tenure.desk.voice.sending.purposes import Written
from tenure.desk.voice.sending.settings import sending as how
from tenure.desk.voice.surveys import link_services, questionnaire, rules
from tenure.desk.voice.surveys.models import Invitation

#: Invitations put into the outbox in one round.
AT_ONCE = 1_000


class _Survey:
    consent = "experience"

    def name(self) -> str:
        return _("Survey")

    def write(self, message: Message, now: datetime) -> Written | None:
        token = link_services.give_link(UUID(message.about), now=now)
        if token is None:
            return None
        content = Invitation.objects.select_related("version").get(pk=message.about).version.content
        with translation.override(message.language):
            title = questionnaire.text_in(content["title"], message.language)
            link = how().links_address + reverse("voice_answering:answer", args=[token])
            text = _("%(title)s It takes a minute: %(link)s") % {"title": title, "link": link}
        return Written(title, text)

    def came_of(self, message: Message, now: datetime) -> None:
        if message.state == outbox.SENT:
            link_services.note_sent(UUID(message.about), now=now)
        elif message.state == outbox.BOUNCED:
            link_services.note_bounced(UUID(message.about), now=now)

    def collect(self, now: datetime) -> int:
        """Put every customer who was drawn and not yet written to into the outbox; returns how many."""
        waiting = Invitation.objects.filter(outcome=rules.DRAWN, state=rules.WAITING, sent_at=None, expires_at__gt=now)
        since = now - timedelta(days=rules.MOST_VALID_DAYS + 1)
        known = set(Message.objects.filter(purpose="survey", queued_at__gt=since).values_list("about", flat=True))
        new = [pk for pk in waiting.order_by("drawn_at").values_list("pk", flat=True) if str(pk) not in known]
        asked = [one for one in waiting.filter(pk__in=new[:AT_ONCE]) if one.channel in outbox.CHANNELS]
        for one in asked:
            sending.queue("survey", f"survey:{one.pk}", one.party_id, one.channel, about=str(one.pk), now=now)
        return len(asked)


SURVEY = _Survey()
