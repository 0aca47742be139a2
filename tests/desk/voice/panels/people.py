"""A panel as far as a test needs it, made by its services."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control.changes import services as changes
from tenure.desk.voice.panels import drawing_services, services, taking_part_services
from tenure.desk.voice.panels.models import Feedback, Member, Panel, Session

#: Yesterday in the morning: not in the quiet hours, in which no message leaves, whenever the tests run.
NOW = (timezone.localtime() - timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)


def wanted(bank: SmallBank, **rest: Any) -> services.Plan:
    """A plan of six participants."""
    today = timezone.localdate(NOW)
    told: dict[str, Any] = {
        "title": "一键续存试用", "purpose": "看看哪里不顺手", "owner": bank.user("marketer").staff_id, "wanted": 6,
        "starts_on": today, "ends_on": today + timedelta(days=40), **rest,
    }  # fmt: skip
    return services.Plan(**told)


def approved(bank: SmallBank, key: str = "a form", **rest: Any) -> Panel:
    """A panel that may be drawn."""
    maker = bank.user("marketer")
    one = services.plan(maker, wanted(bank, **rest), key, now=NOW)
    change = services.ask(maker, one.pk, "before the launch", version=one.version, now=NOW)
    changes.approve(bank.user("executive"), change.pk, "good", now=NOW)
    one.refresh_from_db()
    return one


def opened(bank: SmallBank, now: datetime = NOW, **rest: Any) -> Panel:
    """A panel whose first customers are invited."""
    one = approved(bank, **rest)
    return drawing_services.draw(bank.user("marketer"), one.pk, version=one.version, now=now)


def member_of(one: Panel, party_id: str, **now_is: Any) -> Member:
    """The owner's customer among those invited, whatever the draw said; in a state where one is given."""
    row = one.members.get(party_id=party_id)
    now_is = {"round": 1, "invited_at": NOW, "expires_at": NOW + timedelta(days=10), "state": "sent", **now_is}
    if now_is["state"] in ("accepted", "declined"):
        now_is.setdefault("answered_at", NOW)
    Member.objects.filter(pk=row.pk).update(**now_is)
    return Member.objects.get(pk=row.pk)


def session_of(bank: SmallBank, one: Panel, at: datetime | None = None) -> Session:
    """A session that has begun."""
    one.refresh_from_db()
    return taking_part_services.plan_session(
        bank.user("marketer"), one.pk, at or NOW, "branch", "总行一楼", version=one.version, now=NOW
    )


def said(bank: SmallBank, one: Panel, member: Member, rating: int = 4, words: str = "字太小") -> Feedback:
    """What a participant said of a session."""
    session = session_of(bank, one, NOW + timedelta(minutes=one.sessions.count()))
    return taking_part_services.note_feedback(
        bank.owner, session.pk, member.pk, rating, words, now=NOW + timedelta(hours=1)
    )


def day(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)
