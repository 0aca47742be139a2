"""Surveys for trying the desk: two live ones with three weeks of moments and their answers, one that draws its waves by
itself, and one still a draft.

Made through the services, as the bank's systems and its customers would; ids begin with ``demo-``. Whether somebody
answers, and what, follows from a digest of their number, so that the demo is the same every time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from tenure.desk.control.changes.services import approve
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Customer
from tenure.desk.publication.current import pin, pinned
from tenure.desk.voice.surveys import link_services, moment_services, services
from tenure.desk.voice.surveys import making_services as making
from tenure.desk.voice.surveys.models import Invitation, Survey

#: How many customers of the bank have each moment in three weeks.
MOMENTS = 400
#: Every so many of those asked answer, by survey.
_ANSWER = {"counter-nps": 3, "product-csat": 4}
_LIVE = (("counter-nps", "nps", "counter_service", "0.5"), ("product-csat", "csat", "product_opened", "0.8"))
#: One that draws its waves by itself, the next on the first of next month.
_WAVES = ("quarterly-nps", "nps", "periodic", "0.05")
_DRAFT = ("loan-effort", "effort", "loan_decided")
_LOW = ("等了快一个小时才办上", "同样的材料让我跑了两趟", "柜员态度有点不耐烦", "手机银行找不到这个功能")
_HIGH = ("客户经理很专业", "办得很快，点赞", "大堂经理主动帮忙", "")


def make_demo_surveys(now: datetime) -> list[Survey]:
    """Make the demo's surveys where there are none yet; none without people who make, approve and send."""
    maker = _who(Permission.MANAGE_SURVEYS, but=Permission.CHECK_RULES)
    checker = _who(Permission.CHECK_RULES)
    sender = _who(Permission.SEND_EVENTS)
    if maker is None or checker is None or sender is None:
        return []
    with pin():
        if pinned() is None or Survey.objects.exists():
            return list(Survey.objects.all())
        begin = now - timedelta(days=21)
        with transaction.atomic():
            for code, kind, moment, share in (*_LIVE, _WAVES):
                made = making.make_survey(maker, code, kind, moment, False, now=begin)
                asking = {**made.draft["asking"], "share": share, "quota": 200}
                made = making.edit_draft(maker, code, made.draft["content"], asking, version=made.version, now=begin)
                change = making.propose_version(maker, code, "演示：倾听客户", version=made.version, now=begin)
                approve(checker, change.pk, now=begin)
            first = (timezone.localdate(now).replace(day=1) + timedelta(days=32)).replace(day=1)
            waves = Survey.objects.get(code=_WAVES[0])
            making.plan_waves(maker, waves.code, first, 3, version=waves.version, now=now)
            making.make_survey(maker, _DRAFT[0], _DRAFT[1], _DRAFT[2], False, now=now)
            _happen(sender, now)
            _answer(now)
        return list(Survey.objects.all())


def _who(permission: Permission, but: Permission | None = None) -> User | None:
    """The demo user who may do something (and may not do ``but``), by name."""
    for user in User.objects.filter(is_active=True).order_by("username"):
        reach = reach_of(user)
        if reach.may(permission) and (but is None or not reach.may(but)):
            return user
    return None


def _digit(*parts: object) -> int:
    return int.from_bytes(sha256("|".join(map(str, parts)).encode()).digest()[:4], "big")


def _happen(sender: User, now: datetime) -> None:
    """Three weeks of moments, a day's at a time, as the queue and the core system would tell of them."""
    numbers = list(Customer.rows().order_by("-aum_month_average", "party_id").values_list("party_id", flat=True))
    days: dict[int, list[dict[str, str]]] = {}
    for code, _kind, moment, _share in _LIVE:
        for party in numbers[:: max(1, len(numbers) // MOMENTS)]:
            ago = 1 + _digit(code, party, "day") % 20
            days.setdefault(ago, []).append(
                {
                    "event_id": f"demo-{code}-{party}"[:80],
                    "moment": moment,
                    "at": (now - timedelta(days=ago, minutes=30)).isoformat(),
                    "party_id": party,
                }
            )
    for ago in sorted(days, reverse=True):
        rows = days[ago]
        for begin in range(0, len(rows), 1000):
            moment_services.take_moments(sender, rows[begin : begin + 1000], now=now - timedelta(days=ago))


def _answer(now: datetime) -> None:
    """Everybody asked before today was sent their link; a part of them answered on the next day."""
    asked = Invitation.objects.filter(outcome="drawn").select_related("survey").order_by("drawn_at", "pk")
    for one in list(asked):
        code, chance = one.survey.code, _digit(one.survey.code, one.party_id, "answer")
        sent = one.drawn_at + timedelta(hours=1)
        token = link_services.give_link(one.pk, now=sent)
        link_services.note_sent(one.pk, now=sent)
        if token is None or chance % _ANSWER[code]:
            continue
        at = min(one.drawn_at + timedelta(hours=2 + chance % 30), now)
        services.complete(token, _said(one.survey.kind, one.party_id), language="zh-hans", now=at)


def _said(kind: str, party: str) -> dict[str, object]:
    luck = _digit(kind, party, "said") % 100
    words = _LOW[luck % len(_LOW)] if luck < 22 else _HIGH[luck % len(_HIGH)]
    if kind == "nps":
        return {"recommend": luck % 7 if luck < 22 else 7 + luck % 2 if luck < 55 else 9 + luck % 2, "why": words}
    if luck < 22:
        return {"satisfaction": 1 + luck % 3, "cause": ["waiting", "procedure"][: 1 + luck % 2], "words": words}
    return {"satisfaction": 4 + luck % 2, "words": words}
