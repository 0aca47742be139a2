"""Opportunities for trying the desk: eighteen months of a few managers' business, made by their services."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tenure.desk.opportunities import rules, services
from tenure.desk.opportunities.credit import services as credit
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.parties.visibility import visible_to
from tenure.desk.publication.current import pin, pinned

#: For each manager: how many closed in the past, and how many are open.
CLOSED, OPEN = 48, 18
#: Business by kind of customer: how common it is, titles, amounts in whole units from and to.
BUSINESS: dict[str, tuple[tuple[str, int, tuple[str, ...], int, int], ...]] = {
    "person": (
        ("deposit", 5, ("三年期定期", "大额存单", "到期资金续存", "年终奖归集"), 100_000, 800_000),
        ("investment", 4, ("稳健理财", "固收加基金", "养老目标基金"), 50_000, 600_000),
        ("insurance", 1, ("终身寿年缴", "年金险"), 10_000, 60_000),
        ("loan", 2, ("装修贷款", "购车消费贷"), 80_000, 300_000),
        ("mortgage", 1, ("二手房按揭", "改善型按揭"), 800_000, 2_500_000),
        ("card", 1, ("白金信用卡", "车主信用卡"), 5_000, 30_000),
    ),
    "company": (
        ("payroll", 3, ("员工代发", "代发转入我行"), 300_000, 2_000_000),
        ("settlement", 3, ("结算账户归集", "日常结算"), 500_000, 4_000_000),
        ("acquiring", 2, ("门店聚合收单", "收银一体化"), 1_000_000, 8_000_000),
        ("corporate_loan", 2, ("流动资金贷款", "设备更新贷款"), 2_000_000, 10_000_000),
        ("deposit", 2, ("对公定期", "通知存款"), 1_000_000, 6_000_000),
    ),
}
NEXT = {
    "identified": ("电话了解资金安排", "约到网点面谈"),
    "contacted": ("准备方案并回访", "发送产品说明"),
    "suitability": ("完成风险测评", "补充适当性材料"),
    "proposed": ("回访方案意见", "与家人/财务一起面谈"),
    "agreed": ("陪同办理开户", "确认资金到账日"),
    "applied": ("跟进资料补件", "查询受理进度"),
    "valuation": ("催押品评估报告",),
    "due_diligence": ("现场尽调", "核对财务报表"),
    "assessment": ("与审查岗沟通", "补充收入证明"),
    "committee": ("准备上会材料",),
    "approved": ("通知客户签约", "确认放款条件"),
    "trial": ("核对首次代发",),
    "signed": ("确认放款/到账", "回访使用情况"),
    "installed": ("检查首周交易",),
}
SAID = (
    "客户有意向，正在比较他行利率",
    "客户说下月有资金到账",
    "已加微信，资料已发",
    "家人也感兴趣",
    "对期限有顾虑",
    "希望上门办理",
)
LOST = (("price", 4), ("competitor", 3), ("no_decision", 3), ("no_need", 2), ("not_eligible", 1), ("process", 1))


@dataclass(frozen=True, slots=True)
class _Desk:
    """One manager, their customers, colleagues at the branch who found business for them, and their dice."""

    user: User
    customers: list[Any]
    finders: list[User]
    others: list[User]
    dice: random.Random


def create_demo_opportunities(now: datetime) -> int:
    """Make them where there are none yet; returns how many. The same bank and day give the same ones."""
    with pin():
        publication = pinned()
        if publication is None or Opportunity.objects.exists():
            return 0
        made = 0
        managers = list(User.objects.filter(posts__role="relationship_manager", is_active=True).order_by("username"))
        for user in managers:
            if user.staff_id:
                with transaction.atomic():  # a manager's whole desk or nothing, and one commit
                    made += _fill(_desk_of(user, managers, f"{publication.lake_id} {user.username}"), now)
        return made


def _desk_of(user: User, managers: list[User], seed: str) -> _Desk:
    dice = random.Random(seed)  # noqa: S311 - a demo must come out the same, not secret
    rows = visible_to(user)
    people = list(rows.filter(kind="person").order_by("-aum_month_average", "party_id")[:60])
    companies = list(rows.filter(kind="company").order_by("-aum_month_average", "party_id")[:20])
    branch = user.posts.values_list("org_path", flat=True).first() or "/"
    below = User.objects.filter(posts__org_path__startswith=branch, is_active=True).exclude(staff_id="")
    finders = list(below.filter(posts__role__in=("lobby_manager", "teller")).order_by("username"))
    others = [one for one in managers if one.pk != user.pk and one in set(below)]
    return _Desk(user, people + companies, finders, others, dice)


def _fill(desk: _Desk, now: datetime) -> int:
    if not desk.customers:
        return 0
    for number in range(CLOSED):
        # Evenly over eighteen months, the last some days ago.
        closes = _by_day(now - timedelta(days=4 + (number * 540) // CLOSED), 16 + desk.dice.randrange(2), now)
        _past(desk, closes, now)
    for number in range(OPEN):
        _running(desk, now, stale=number % 5 == 0)
    return CLOSED + OPEN


def _opened(desk: _Desk, at: datetime) -> Opportunity:
    dice = desk.dice
    customer = dice.choice(desk.customers)
    choices = BUSINESS["company" if customer.kind == "company" else "person"]
    kind, _often, titles, least, most = dice.choices(choices, [one[1] for one in choices])[0]
    step = 10_000 if least >= 100_000 else 1_000
    amount = dice.randrange(least, most, step) * 100
    source = dice.choice(("own", "own", "need", "signal", "referral"))
    return services.open_opportunity(
        desk.user,
        customer.party_id,
        kind,
        dice.choice(titles),
        amount,
        dice.choice(NEXT[rules.codes_of(kind)[0]]),
        timezone.localdate(at) + timedelta(days=dice.randrange(2, 8)),
        now=at,
        expected_close_on=timezone.localdate(at) + timedelta(days=dice.randrange(30, 90)),
        source=source,
    )


def _moved(desk: _Desk, one: Opportunity, stage: str, at: datetime, in_days: int) -> Opportunity:
    return services.move(
        desk.user,
        one.pk,
        stage,
        version=one.version,
        now=at,
        words=desk.dice.choice(SAID),
        next_step=desk.dice.choice(NEXT[stage]),
        next_step_on=timezone.localdate(at) + timedelta(days=in_days),
    )


def _by_day(at: datetime, hour: int, now: datetime) -> datetime:
    """``at``'s day at an hour people work, not later than ``now``."""
    return min(timezone.localtime(at).replace(hour=hour, minute=at.minute, second=0), now)


def _past(desk: _Desk, closes: datetime, now: datetime) -> None:
    """One that closed: each stage loses some of what reached it, as its default says and a little more or less."""
    dice = desk.dice
    opens = _by_day(closes - timedelta(days=dice.randrange(20, 60)), 9, now)
    one = _opened(desk, opens)
    stages = rules.STAGES[one.kind]
    reached = [stages[0]]
    won = True
    for before, after in zip(stages, [*stages[1:], None], strict=True):
        passes = before.default / (after.default if after is not None else 1)
        if dice.random() > passes**0.7:  # a better branch than the defaults suppose
            won = False
            break
        if after is not None:
            reached.append(after)
    for place, stage in enumerate(reached[1:], start=1):
        at = _by_day(opens + (closes - opens) * place / len(reached), 9 + place, now)
        one = _moved(desk, one, stage.code, at, dice.randrange(3, 12))
    if not won:
        reason = dice.choices([code for code, _often in LOST], [often for _code, often in LOST])[0]
        services.lose(desk.user, one.pk, reason, version=one.version, now=closes)
        return
    share = dice.choice((80, 90, 100, 100, 110))
    services.win(desk.user, one.pk, one.amount * share // 100, version=one.version, now=closes)
    _share(desk, one, closes, now)


def _running(desk: _Desk, now: datetime, *, stale: bool) -> None:
    dice = desk.dice
    opens = _by_day(now - timedelta(days=dice.randrange(12, 50)), 9, now)
    one = _opened(desk, opens)
    order = rules.codes_of(one.kind)
    stages = order[1 : dice.randrange(1, len(order) + 1)]
    ago = dice.randrange(5, 9) if stale else dice.randrange(0, 3)
    last = now - timedelta(days=ago)
    for place, stage in enumerate(stages or order[:1], start=1):
        at = _by_day(opens + (last - opens) * place / len(stages or order[:1]), 9 + place, now)
        one = _moved(desk, one, stage, at, dice.randrange(1, 4) if stale else dice.randrange(4, 12))


def _share(desk: _Desk, one: Opportunity, closed: datetime, now: datetime) -> None:
    """Shares of what was won: most are agreed, a few of the latest wait for an answer or are objected to."""
    dice = desk.dice
    me = desk.user.staff_id
    finder = dice.choice(desk.finders) if desk.finders and dice.random() < 0.5 else desk.user
    helper = dice.choice(desk.others) if desk.others and dice.random() < 0.3 else None
    shares = [("found", finder.staff_id, 100), ("serves", me, 100)]
    shares += [("won", me, 100)] if helper is None else [("won", me, 70), ("won", helper.staff_id, 30)]
    at = min(closed + timedelta(days=1), now)
    made = credit.propose(desk.user, one.pk, shares, now=at)
    recent = now - closed < timedelta(days=75)
    for number, person in enumerate(
        {who.staff_id: who for who in (finder, helper) if who and who != desk.user}.values()
    ):
        if recent and dice.random() < 0.5:
            continue  # their answer is still awaited
        if recent and number == 0 and dice.random() < 0.3:
            credit.answer(person, made.pk, False, "我也参与了谈判，赢得部分应有份额", now=at)
            return
        credit.answer(person, made.pk, True, now=min(at + timedelta(days=2), now))
