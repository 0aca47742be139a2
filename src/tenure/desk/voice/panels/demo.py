"""Panels for trying the desk, made by their services: one that has ended, all told, and one under way.

What a customer answers and says follows from a digest of their number, so that the demo is the same every time. What
the ended one changed, the next night says.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from tenure.desk.control.changes.services import approve
from tenure.desk.control.errors import Conflict
from tenure.desk.org.models import User
from tenure.desk.publication.current import pin, pinned
from tenure.desk.voice.panels import (
    drawing_services,
    link_services,
    outcome_services,
    rules,
    services,
    taking_part_services,
)
from tenure.desk.voice.panels.letters import OUTCOMES
from tenure.desk.voice.panels.models import Feedback, Member, Panel, Session
from tenure.desk.voice.panels.telling import OUTCOMES as TOLD
from tenure.desk.voice.sending import rules as outbox
from tenure.desk.voice.sending.models import Message

DAY = timedelta(days=1)
#: What participants say of the first and of the second panel: rating and words.
_SAID = (
    (
        (5, "到期前一天就提醒，点一下就续上了，很省事"), (4, "挺顺，就是利率字太小，看不清"),
        (2, "找不到原来那笔存单在哪儿"), (3, "希望续存前能比较不同期限"), (4, "能不能让子女帮忙操作"),
        (1, "点错了不能撤销，吓一跳"), (5, ""), (3, "验证码等了很久"),
    ),
    (
        (4, "账单分类清楚，一眼看出钱花哪了"), (2, "把房贷算成消费了，不对"), (3, "想按家庭汇总看"),
        (5, "比别家的好用"), (3, "打开有点慢"),
    ),
)  # fmt: skip


def create_demo_panels(now: datetime) -> int:
    """Make them where there are none yet; returns how many."""
    with pin():
        maker, checker = _user("marketer"), _user("executive")
        if pinned() is None or Panel.objects.exists() or maker is None or checker is None or not maker.staff_id:
            return 0
        made = 0
        for story in (_ended, _running):
            try:
                with transaction.atomic():
                    story(maker, checker, now)
                made += 1
            except Conflict:  # a bank with too few customers who agree to be asked has none
                continue
        # what was due in the past has left long ago
        past = Message.objects.filter(purpose__startswith="panel", state=outbox.WAITING, queued_at__lt=now - DAY)
        past.update(state=outbox.SENT, sent_at=F("queued_at"), next_try_at=None, sender="file")
    return made


def _user(role: str) -> User | None:
    return User.objects.filter(posts__role=role, is_active=True).order_by("username").first()


def _dice(member: Member) -> int:
    return int(sha256(f"{member.party_id} {member.place}".encode()).hexdigest()[:8], 16)


def _open(maker: User, checker: User, plan: services.Plan, key: str, at: datetime) -> Panel:
    one = services.plan(maker, plan, key, now=at - 8 * DAY)
    change = services.ask(maker, one.pk, "上线前请客户先试", version=one.version, now=at - 7 * DAY)
    approve(checker, change.pk, "同意，注意告知每位客户结果", now=at - 5 * DAY)
    one.refresh_from_db()
    one = drawing_services.draw(maker, one.pk, version=one.version, now=at)
    one.members.filter(state=rules.WAITING).update(state=rules.SENT, sent_at=at + timedelta(minutes=5))
    for member in one.members.filter(state=rules.SENT).order_by("place"):
        dice, answered = _dice(member), at + timedelta(days=1 + _dice(member) % 5, hours=_dice(member) % 9)
        token = link_services.give_invitation_link(member.pk, now=answered)
        if token is not None and dice % 100 < 65:
            answer = rules.ACCEPTED if dice % 100 < 45 else rules.DECLINED
            link_services.answer_invitation(token, answer, now=answered)
    return one


def _session(maker: User, one: Panel, at: datetime, way: str, place: str, now: datetime) -> Session:
    one.refresh_from_db()
    return taking_part_services.plan_session(maker, one.pk, at, way, place, version=one.version, now=now)


def _hear(maker: User, session: Session, words: tuple[tuple[int, str], ...], part: int) -> None:
    """Of those who take part every second came; most of them said something."""
    taking = session.panel.members.filter(state=rules.ACCEPTED).order_by("place")
    for n, member in enumerate(taking):
        if n % 2 != part:
            continue
        after = session.at + timedelta(hours=2)
        if _dice(member) % 7 == 0:
            taking_part_services.note_attendance(maker, session.pk, member.pk, rules.ABSENT, now=after)
            continue
        rating, text = words[_dice(member) % len(words)]
        taking_part_services.note_attendance(maker, session.pk, member.pk, rules.ATTENDED, now=after)
        if _dice(member) % 5:
            taking_part_services.note_feedback(
                maker, session.pk, member.pk, rating, text, now=after + timedelta(minutes=n)
            )


def _ended(maker: User, checker: User, now: datetime) -> None:
    at = now - 200 * DAY
    plan = services.Plan(
        title="手机银行一键续存", title_en="Renewing a deposit in one tap", owner=maker.staff_id, wanted=20,
        purpose="上线前请您试一试，看看哪里不顺手", purpose_en="Try it and tell us what is in the way",
        category="time_deposit", kinds=("person",), months=6, starts_on=timezone.localdate(at),
        ends_on=timezone.localdate(at + 60 * DAY),
    )  # fmt: skip
    one = _open(maker, checker, plan, "demo-ended", at)
    link_services.end_links(now=at + 12 * DAY)
    for part, (days, way, place) in enumerate(((14, "branch", "总行营业部二楼体验区"), (20, "home", "在家试用一周"))):
        session = _session(maker, one, at + days * DAY, way, place, at + 9 * DAY)
        _hear(maker, session, _SAID[0], part)
    said = Feedback.objects.filter(member__panel=one)
    bad = list(said.filter(rating__lte=3).values_list("pk", flat=True))
    good = list(said.filter(rating__gte=4).values_list("pk", flat=True))
    for ids, kind, words in (
        (good, rules.TAKEN_UP, "提醒提前到三天，利率与金额字号加大，随新版上线"),
        (bad, rules.NOT_TAKEN_UP, "撤销与家人代办涉及账户安全，暂不开放；入口位置已调整"),
    ):
        if ids:
            one.refresh_from_db()
            outcome_services.decide(maker, one.pk, ids, kind, words, version=one.version, now=at + 30 * DAY)
    one.refresh_from_db()
    if said.exists():
        outcome_services.tell(maker, one.pk, version=one.version, now=at + 31 * DAY)
    for message in Message.objects.filter(purpose=TOLD, state=outbox.WAITING):
        message.state, message.sent_at, message.next_try_at = outbox.SENT, at + 31 * DAY, None
        message.sender = "file"
        message.save()
        OUTCOMES.came_of(message, at + 31 * DAY)
    one.refresh_from_db()
    services.end(
        maker,
        one.pk,
        "close",
        "四条意见采纳，随新版上线；参加的客户都收到了答复",
        version=one.version,
        now=at + 40 * DAY,
    )


def _running(maker: User, checker: User, now: datetime) -> None:
    at = now - 12 * DAY
    plan = services.Plan(
        title="家庭账单", title_en="Household spending", owner=maker.staff_id, wanted=16,
        purpose="看看分类是否清楚，家里人是否用得上", purpose_en="See whether it is clear and of use at home",
        category="mobile_banking", kinds=("person",), starts_on=timezone.localdate(at),
        ends_on=timezone.localdate(now + 30 * DAY),
    )  # fmt: skip
    one = _open(maker, checker, plan, "demo-running", at)
    link_services.end_links(now=now)
    held = _session(maker, one, now - 4 * DAY, "branch", "总行营业部二楼体验区", at + 6 * DAY)
    _hear(maker, held, _SAID[1], 0)
    first = Feedback.objects.filter(member__panel=one, rating__lte=2).values_list("pk", flat=True)[:1]
    if first:
        one.refresh_from_db()
        words = "房贷改归“还款”，下月版本修正"
        outcome_services.decide(
            maker, one.pk, list(first), rules.TAKEN_UP, words, version=one.version, now=now - 2 * DAY
        )
    _session(maker, one, now + 5 * DAY, "video", "腾讯会议，链接前一天发送", now - 3 * DAY)
