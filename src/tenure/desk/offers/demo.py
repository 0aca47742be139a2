"""Bundles and solutions for trying the desk, made by their services: marketing proposes, an executive approves,
managers compose what the gates let pass. The same bank and day give the same ones."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tenure.contracts import codes
from tenure.desk.control.changes.services import approve
from tenure.desk.offers import rules, services
from tenure.desk.offers.bundles.services import Wanted, propose_bundle
from tenure.desk.offers.fitting import Felt, fitting, ware_of
from tenure.desk.offers.models import Bundle, Solution
from tenure.desk.opportunities import services as business
from tenure.desk.org.models import User
from tenure.desk.parties.models import Product
from tenure.desk.parties.visibility import visible_to
from tenure.desk.publication.current import pin, pinned
from tenure.errors import TenureError

#: Solutions of each manager, and how far back the first was shown.
SOLUTIONS, DAYS = 26, 330
#: Code, names, needs, categories of its products, services with their yearly cost in whole units, terms, price.
BUNDLES: tuple[tuple[Any, ...], ...] = (
    (
        "payday", "工资无忧", "Payday at ease", ("transact", "save"), ("time_deposit", "mobile_banking"),
        (("fee_waiver", "免账户管理费、短信费", "no account or message fees", 36),),
        rules.Terms(kinds=("person",)), 0,
    ),
    (
        "family-shield", "家庭保障计划", "Family shield", ("protect", "children"),
        ("insurance", "certificate_of_deposit"),
        (("health", "全家年度体检一次", "one health check a year for the family", 600), ("vip_line", "", "", 60)),
        rules.Terms(kinds=("person",), tier_least="gold"), 199,
    ),
    (
        "steady-growth", "稳健增值组合", "Steady growth", ("grow", "save"), ("wealth_management", "time_deposit"),
        (("adviser_visit", "每季一次资产检视", "a review every quarter", 400), ("fast_lane", "", "", 80)),
        rules.Terms(kinds=("person",), tier_least="platinum"), 0,
    ),
    (
        "silver-years", "乐享养老", "Silver years", ("retire",), ("wealth_management", "certificate_of_deposit"),
        (
            ("fast_lane", "网点绿色通道", "served first at every branch", 60),
            ("health", "专家门诊预约", "specialists booked", 300),
        ),
        rules.Terms(kinds=("person",), holds=("demand_deposit",)), 0,
    ),
    (
        "shop-keeper", "小店经营包", "For the shop", ("business",), ("acquiring", "business_loan"),
        (("rate_benefit", "首年刷卡手续费八折", "20 % off the first year's card fees", 800),),
        rules.Terms(kinds=("person",)), 0,
    ),
    (
        "staff-and-cash", "企业代发与现金管理", "Payroll and cash", ("payroll", "cash"),
        ("payroll_service", "cash_management"),
        (
            ("onsite", "上门批量开卡", "cards opened at your premises", 1500),
            ("fee_waiver", "免代发手续费", "no payroll fees", 1200),
        ),
        rules.Terms(kinds=("company",)), 0,
    ),
)  # fmt: skip
ADVICE = (
    "先留足三个月开支，再看长期安排。",
    "建议分两步：到期资金先续存，余下部分稳健配置。",
    "保障放在前面，投资量力而行。",
)
STEPS = ("陪同到网点办理", "电话确认到账日", "准备材料并预约签约")
AMOUNTS = (50_000, 100_000, 150_000, 200_000, 300_000)


def create_demo_offers(now: datetime) -> int:
    """Make them where there are none yet; returns how many bundles and solutions."""
    with pin():
        publication = pinned()
        if publication is None or Bundle.objects.exists():
            return 0
        made = _bundles(now - timedelta(days=DAYS + 20))
        for user in User.objects.filter(posts__role="relationship_manager", is_active=True).order_by("username"):
            if user.staff_id:
                dice = random.Random(f"{publication.lake_id} {user.username} offers")  # noqa: S311 - no secret
                made += _solutions(user, dice, now)
        return made


def _bundles(at: datetime) -> int:
    maker = User.objects.filter(posts__role="marketer", is_active=True).order_by("username").first()
    checker = User.objects.filter(posts__role="executive", is_active=True).order_by("username").first()
    if maker is None or checker is None or not maker.staff_id:
        return 0
    today, made = timezone.localdate(at), 0
    for code, zh, en, needs, categories, given, terms, price in BUNDLES:
        kind = (*terms.kinds, "person")[0]
        numbers = [number for category in categories if (number := _product(category, kind, at))]
        if len(numbers) < len(categories):
            continue  # this bank has no such product
        bundle = Wanted(
            zh, en, needs, numbers, today, today + timedelta(days=730), maker.staff_id,
            [(service, told_zh, told_en, cost * 100) for service, told_zh, told_en, cost in given], terms, price * 100,
        )  # fmt: skip
        change = propose_bundle(maker, code, bundle, "年度产品组合", based_on=0, now=at)
        approve(checker, change.pk, now=at)
        made += 1
    return made


def _product(category: str, kind: str, at: datetime) -> str:
    """The least risky product of a category that is on sale and for customers of ``kind``."""
    day = timezone.localdate(at)
    rows = Product.rows().filter(category=category).order_by("risk_level", "product_id")
    if category in codes.INVESTMENT_CATEGORIES:
        rows = rows.exclude(risk_level=None)
    on_sale = [
        one.product_id
        for one in rows
        if (one.launched_on is None or one.launched_on <= day)
        and one.withdrawn_on is None
        and ware_of(one).is_for(kind)
    ]
    return on_sale[0] if on_sale else ""


def _solutions(user: User, dice: random.Random, now: datetime) -> int:
    people = list(visible_to(user).filter(consent_marketing=True).order_by("-aum_month_average", "party_id")[:90])
    dice.shuffle(people)
    made = 0
    for row in people[: SOLUTIONS * 2]:
        if made >= SOLUTIONS:
            break
        at = now - timedelta(days=max(2, DAYS - made * DAYS // (SOLUTIONS - 2)))
        try:
            with transaction.atomic():
                made += _solution(user, row, (at, now), dice, answered=made < SOLUTIONS - 3)
        except TenureError:
            continue  # a gate, or a day on which the bundle was not offered: another customer
    return made


def _solution(user: User, row: Any, when: tuple[datetime, datetime], dice: random.Random, answered: bool) -> int:
    at, now = when
    found = [need for need in fitting(user, row.party_id, timezone.localdate(at)).needs if need.fits]
    if not found:
        return 0
    one = services.begin(user, row.party_id, now=at)
    chosen = [_choice(need, dice) for need in found[: dice.choice((1, 1, 2, 2, 3))]]
    order = [{"need": choice.need} for choice in chosen]
    one = services.compose(user, one.pk, order, chosen, dice.choice(ADVICE), version=one.version, now=at)
    until = timezone.localdate(at) + rules.USUAL_VALIDITY
    one = services.show(user, one.pk, "zh-hans", until, version=one.version, now=at)
    if answered and dice.random() < 0.9:
        one = _answer(user, one, at + timedelta(days=dice.randrange(1, 8)), dice)
        _follow(user, one, at + timedelta(days=12), now, dice)
    return 1


def _choice(need: Felt, dice: random.Random) -> services.Choice:
    bundles = [offer for offer in need.fits if offer.bundle is not None]
    offer = bundles[0] if bundles and dice.random() < 0.6 else dice.choice(need.fits[:3])
    return services.Choice(need.need, offer.key, dice.choice(AMOUNTS) * 100)


def _answer(user: User, one: Solution, at: datetime, dice: random.Random) -> Solution:
    keen = 0.45 if one.level_shown == "product" else 0.6
    step = timezone.localdate(at) + timedelta(days=dice.randrange(2, 12))
    answers = {
        item.pk: services.Answer(True, dice.choice(STEPS), step) if dice.random() < keen else services.Answer(False)
        for item in one.items.all()
    }
    reason = dice.choice(("price", "no_decision", "competitor", "no_need"))
    return services.settle(user, one.pk, answers, version=one.version, now=at, reason=reason)


def _follow(user: User, one: Solution, at: datetime, now: datetime, dice: random.Random) -> None:
    """What was planned long ago was done, or came to nothing."""
    for item in one.items.exclude(opportunity_id=None):
        done = at + timedelta(days=dice.randrange(3, 20))
        if done < now and dice.random() < 0.85:
            business.win(user, item.opportunity_id, version=1, now=done)
        elif done < now - timedelta(days=20):
            business.lose(user, item.opportunity_id, "no_decision", version=1, now=done)
