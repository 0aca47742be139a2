"""A year of complaints for trying the desk, made by their services: most decided in time, a group, some that wait."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tenure.desk.org.models import User
from tenure.desk.parties.visibility import visible_to
from tenure.desk.publication.current import pin, pinned
from tenure.desk.voice.cases import services as cases
from tenure.desk.voice.complaints import giving_services, services
from tenure.desk.voice.complaints.models import Complaint

#: For each handler: how many were decided in the past year, and how many are open.
CLOSED, OPEN = 36, 9
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: What went wrong: channel, business, cause, the customer's words, what they want, what was done, the case's cause.
STORIES = (
    ("A01", "B08", "C0102", "在{o}等了{m}分钟才叫到号，柜员态度还很冷淡。",
     "道歉并说明", "增开窗口，值班经理致歉", "waiting"),
    ("A02", "B05", "C0501", "手机银行转账失败但已扣款，{k}天仍未退回。",
     "尽快退款", "款项已退回，系统已修复", "system"),
    ("A03", "B02", "C0401", "账户被收取年费和短信费，事先没有告知，要求退还。",
     "退还费用", "费用已退，改为先短信提示", "promise"),
    ("A01", "B04", "C0301", "{o}推荐理财时没有说清风险，现在净值下跌要求说明。",
     "说明并赔偿", "补做风险揭示，录音复核", "milking"),
    ("A02", "B03", "C0601", "贷款利率调整没有通知，多还了{k}个月利息。",
     "退还利息", "利息已退，补发通知", "mistake"),
    ("A04", "B02", "C0202", "挂失补卡要求本人跑{k}趟{o}，希望简化手续。",
     "一次办结", "上门办理，手续改为一次告知", "paper_only"),
    ("A05", "B08", "C0701", "{o}的员工把我的联系方式给了第三方，请调查。",
     "调查并书面答复", "已调查处理，权限收回", "mistake"),
    ("A02", "B06", "C0502", "{o}的自助设备吞卡，{m}分钟无人处理。",
     "退卡", "已退卡，增加巡查", "system"),
    ("A03", "B02", "C0302", "一个月接到{k}次营销电话，已多次表示不需要。",
     "停止来电", "已登记拒绝营销", "milking"),
)  # fmt: skip


def create_demo_complaints(now: datetime) -> int:
    """Make them where there are none yet; returns how many. The same bank and day give the same ones."""
    with pin():
        publication = pinned()
        if publication is None or Complaint.objects.exists():
            return 0
        made = 0
        handlers = User.objects.filter(posts__role="complaint_handler", is_active=True).exclude(staff_id="")
        for user in handlers.distinct().order_by("username")[:3]:
            dice = random.Random(f"{publication.lake_id} complaints {user.username}")  # noqa: S311 - the same demo
            people = list(visible_to(user).filter(kind="person").order_by("-aum_month_average", "party_id")[:200])
            if people:
                with transaction.atomic():
                    made += _fill(user, people, dice, now)
        return made


def _fill(user: User, people: list[Any], dice: random.Random, now: datetime) -> int:
    made = 0
    for number in range(CLOSED):
        made += _past(user, dice.choice(people), dice.choice(STORIES), dice, now - (20 + number * 340 // CLOSED) * DAY)
    for one in dice.sample(people, 4):  # a group: the same fault, four customers, within days
        made += _past(user, one, STORIES[1], dice, now - (40 + made % 4) * DAY, org=people[0].org_id)
    for number in range(OPEN):
        at = now - (1 + number * 2) * DAY - dice.randrange(1, 8) * HOUR
        one, story = people[(number * 7) % len(people)], STORIES[number % len(STORIES)]
        words = _said(story, dice)
        arrival = services.take_in(
            user, story[0], at, words, party_id=one.party_id, wish=story[4], now=at, another=True
        )
        made += 1
        if number % 3 == 0:
            services.code(user, arrival.complaint_id, story[1], story[2], version=1, now=at + HOUR)
        case = arrival.complaint.case
        if number and case is not None:  # all but the newest were called within the day
            at += HOUR * dice.randrange(2, 20)
            case = cases.acknowledge(user, case.pk, "call", "done", "已向客户致歉", version=case.version, now=at)
            if number % 2:
                cases.listen(user, case.pk, story[4], version=case.version, now=at + HOUR)
        if number % 4 == 1:  # the same again, by another channel
            services.take_in(user, "A04", now - HOUR, "来信：" + arrival.words, party_id=one.party_id, now=now)
    services.take_in(
        user, "A06", now - 4 * DAY, "热线转来：一位女士反映大堂没有轮椅通道，老人进不了门。", person="一位女士",
        reach="12345 转办", org_id=people[0].org_id, now=now,
    )  # fmt: skip
    return made + 1


def _said(story: tuple[str, ...], dice: random.Random) -> str:
    return story[3].format(o="网点", m=dice.randrange(20, 90), k=dice.randrange(2, 6))


def _past(user: User, one: Any, story: tuple[str, ...], dice: random.Random, at: datetime, org: str = "") -> int:
    """One that was decided: nine of ten within the time."""
    arrival = services.take_in(
        user, story[0], at, _said(story, dice), party_id=one.party_id, org_id=org, wish=story[4], now=at, another=True
    )
    complaint = arrival.complaint
    services.code(user, complaint.pk, story[1], story[2], version=1, now=at + HOUR)
    case = complaint.case
    if case is None:
        return 1
    at += HOUR * dice.randrange(2, 20)
    case = cases.acknowledge(user, case.pk, "call", "done", "已向客户致歉", version=case.version, now=at)
    giving_services.write_letter(user, complaint.pk, "received", "zh-hans", "", "", "demo", now=at)
    case = cases.listen(user, case.pk, story[4], version=case.version, now=at + HOUR)
    days = dice.randrange(3, 14) if dice.random() < 0.9 else dice.randrange(16, 19)
    at += days * DAY
    case = cases.name_cause(user, case.pk, story[6], version=case.version, now=at)
    if dice.random() < 0.35:
        kind = dice.choice(("fee_refund", "points", "compensation"))
        amount = dice.randrange(2, 40) * 1_000
        giving_services.grant(user, complaint.pk, kind, amount, "补偿客户损失", "demo", now=at)
    case = cases.offer(user, case.pk, story[5], version=case.version, now=at + HOUR / 2)
    case = cases.agree(user, case.pk, True, "可以", version=case.version, now=at + HOUR)
    giving_services.write_letter(user, complaint.pk, "decided", "zh-hans", story[5], "", "demo-2", now=at + HOUR)
    cases.close(user, case.pk, "repaired", story[5], version=case.version, now=at + 2 * HOUR)
    return 1
