"""A year of cases for trying the desk, made by their services: most repaired in time, some late, a few still open."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tenure.desk.org.models import User
from tenure.desk.parties.visibility import visible_to
from tenure.desk.publication.current import pin, pinned
from tenure.desk.voice.cases import escalating, services
from tenure.desk.voice.cases.models import Case

#: For each manager: how many were closed in the past year, and how many are open.
CLOSED, OPEN = 14, 4
HOUR = timedelta(hours=1)
#: What went wrong: source, what the customer said, cause, what was heard, offered and done.
STORIES = (
    ("words", "取号后等了一个多小时，叫到号又说要换窗口", "waiting", "周一上午只开两个窗口，叫号没有分流提示",
     "下次来行提前预约优先办理，并赠停车券", "周一上午增开弹性窗口，预约客户优先叫号"),
    ("signal", "定期到期没人通知，少拿了半个月利息", "no_value", "平时只收到节日短信，真正有用的没人说",
     "补做续存并说明可选产品，以后到期前七天电话提醒", "已设到期提醒，电话回访确认"),
    ("words", "转账手续费说好减免，月底还是扣了", "promise", "去年开户时客户经理口头答应",
     "退回已扣手续费，书面确认减免期限", "费用已退回，减免已在系统登记"),
    ("complaint", "柜员说话态度生硬，像是我求他办事", "arrogance", "办理大额取款时被反复追问用途",
     "支行行长当面道歉，说明反诈询问的缘由", "晨会复盘话术，改用统一解释卡"),
    ("hand", "手机银行总是闪退，跑了两趟网点", "system", "老款手机升级后闪退，电话客服说不清",
     "上门协助更换版本，期间柜面免费代办", "已提交科技部门，版本更新后回访正常"),
    ("words", "给我推的理财和邻居一模一样，根本没问我急不急用钱", "standard_service", "年底要付装修款，需要随时能取",
     "按用款时间重新做方案，部分转入现金管理", "已调整持有期限，写入客户偏好"),
    ("hand", "存单名字打错，来回跑了三次", "mistake", "姓名生僻字，柜台系统打不出",
     "上门送达更正后的存单并致歉", "已更正，生僻字登记到柜面提示"),
    ("signal", "推荐的产品只说收益不说风险", "milking", "觉得是为了月底冲指标",
     "逐条讲清风险等级，允许冷静期内退出", "客户选择持有到期，登记风险偏好"),
)  # fmt: skip
YES = ("可以，这样处理我接受", "行，谢谢你专门打过来", "满意，希望说到做到")
SORRY = ("已向客户致歉，客户愿意细说", "电话致歉，约好时间详谈", "到店当面致歉")


@dataclass(frozen=True, slots=True)
class _Desk:
    user: User
    customers: list[Any]
    dice: random.Random


def create_demo_cases(now: datetime) -> int:
    """Make them where there are none yet; returns how many. The same bank and day give the same ones."""
    with pin():
        publication = pinned()
        if publication is None or Case.objects.exists():
            return 0
        made = 0
        for user in User.objects.filter(posts__role="relationship_manager", is_active=True).order_by("username"):
            if user.staff_id:
                seed = f"{publication.lake_id} cases {user.username}"
                rows = visible_to(user).filter(lead_staff_id=user.staff_id).order_by("-aum_month_average", "party_id")
                desk = _Desk(user, list(rows[:80]), random.Random(seed))  # noqa: S311 - the same demo each time
                with transaction.atomic():  # a manager's whole desk or nothing, and one commit
                    made += _fill(desk, now)
        escalating.escalate_due(now)
        return made


def _fill(desk: _Desk, now: datetime) -> int:
    if not desk.customers:
        return 0
    for number in range(CLOSED):
        _past(desk, number, now - timedelta(days=9 + (number * 350) // CLOSED))
    for number in range(OPEN):
        _running(desk, number, now)
    return CLOSED + OPEN


def _opened(desk: _Desk, number: int, story: tuple[str, ...], at: datetime) -> Case:
    customer = desk.dice.choice(desk.customers)
    key = f"demo-{desk.user.staff_id}-{number}"
    return services.open_case(desk.user, customer.party_id, story[0], key, story[1], now=at)


def _past(desk: _Desk, number: int, day: datetime) -> None:
    """One that was closed: three of four were reached within a day."""
    dice, story = desk.dice, desk.dice.choice(STORIES)
    at = timezone.localtime(day).replace(hour=9 + dice.randrange(8), minute=dice.randrange(60), second=0)
    case = _opened(desk, number, story, at)
    at += HOUR * (dice.randrange(2, 20) if dice.random() < 0.75 else dice.randrange(26, 60))
    escalating.escalate_due(at)
    case = services.acknowledge(desk.user, case.pk, "call", "done", dice.choice(SORRY), version=case.version, now=at)
    case = services.listen(desk.user, case.pk, story[3], version=case.version, now=at + HOUR / 4)
    at += HOUR * dice.randrange(20, 50)
    case = services.name_cause(desk.user, case.pk, story[2], version=case.version, now=at)
    case = services.offer(desk.user, case.pk, story[4], version=case.version, now=at + HOUR)
    if dice.random() < 0.12:
        escalating.escalate_due(at + 26 * HOUR)
        services.close(desk.user, case.pk, "not_agreed", story[5], version=case.version, now=at + 26 * HOUR)
        return
    case = services.agree(desk.user, case.pk, True, dice.choice(YES), version=case.version, now=at + 2 * HOUR)
    services.close(desk.user, case.pk, "repaired", story[5], version=case.version, now=at + 25 * HOUR)


def _running(desk: _Desk, number: int, now: datetime) -> None:
    """Open ones: one just in, one that runs late, one whose offer waits, one whose clocks stand."""
    story = STORIES[(number * 3 + desk.dice.randrange(2)) % len(STORIES)]
    begun = now - HOUR * (3, 30, 52, 70)[number % 4]
    case = _opened(desk, CLOSED + number, story, begun)
    if number % 4 == 1:
        services.acknowledge(desk.user, case.pk, "call", "no_answer", version=case.version, now=begun + 5 * HOUR)
    if number % 4 >= 2:
        at = begun + 4 * HOUR
        case = services.acknowledge(desk.user, case.pk, "call", "done", SORRY[0], version=case.version, now=at)
        case = services.listen(desk.user, case.pk, story[3], version=case.version, now=at + HOUR)
        case = services.name_cause(desk.user, case.pk, story[2], version=case.version, now=at + 2 * HOUR)
    if number % 4 == 2:
        services.offer(desk.user, case.pk, story[4], version=case.version, now=begun + 20 * HOUR)
    if number % 4 == 3:
        services.pause(desk.user, case.pk, "papers", "等客户提供流水", version=case.version, now=begun + 20 * HOUR)
