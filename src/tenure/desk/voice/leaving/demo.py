"""Exit interviews for trying the desk, made by their services: the losses of a year, most asked, some won back.

Only of customers whom somebody of the demonstration's few users serves: nobody could have asked the others.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tenure.desk.findings.models import Lost
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import desk_user_of, reach_of
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import number_of, visible_to
from tenure.desk.publication.current import pin, pinned
from tenure.desk.voice.leaving import opening, rules, services
from tenure.desk.voice.leaving.models import Interview, WinBack

#: Losses at most, the largest first; the newest stay open.
MOST, STILL_OPEN = 60, 8
#: What customers say, where they went and what would bring them back, by cause.
STORIES = {
    "better_rate_elsewhere": ("那边大额存单高两个点，还送礼品", "城商行", "time_deposit", "利率差不多就回来"),
    "bad_service": ("排了一上午队，问什么都说不归他管", "招商银行", "demand_deposit", "窗口开足，说话客气点"),
    "job_change": ("换了单位，新单位统一在别的行发工资", "工商银行", "payroll_service", "单位改代发行再说"),
    "matured_not_contacted": ("存单到期躺了三个月，没一个人告诉我", "农业银行", "time_deposit", "到期前打个电话就行"),
    "family_moved_bank": ("孩子在外地上班，让我们一起换过去", "建设银行", "time_deposit", "看孩子安排"),
    "too_many_contacts": ("一个月五六个电话推理财，烦得不行", "邮储银行", "wealth_management", "别再打电话推销"),
    "fading": ("手机上那家更顺手，慢慢就不用你们的了", "招商银行", "demand_deposit", "手机银行好用一点"),
    "unknown": ("没什么原因，顺路就换了", "", "", ""),
}  # fmt: skip


def create_demo_interviews(now: datetime) -> int:
    """Make them where there are none yet; returns how many. The same bank and day give the same ones."""
    with pin():
        publication = pinned()
        if publication is None or Interview.objects.exists():
            return 0
        worth = {row.party_id: row.aum_year_average or 0 for row in Customer.rows().filter(party_id__in=_lost())}
        served = _served(worth)
        lost = sorted(
            Lost.rows().filter(party_id__in=list(worth)),
            key=lambda one: (-worth[one.party_id], one.party_id),
        )
        lost = [one for one in lost if one.party_id in served] or lost
        lost = sorted(lost[:MOST], key=lambda one: (one.month, one.party_id))
        dice = random.Random(f"{publication.lake_id} lost")  # noqa: S311 - the same demo each time
        with transaction.atomic():
            for n, one in enumerate(lost):
                late = n >= len(lost) - STILL_OPEN
                at = now - timedelta(days=3 if late else 20 + (len(lost) - n) * 5)
                opening.open_each([one], at)
                row = Interview.objects.filter(party_id=one.party_id, month=one.month).first()
                if row is not None and not late:
                    _ask(row, dice, at + timedelta(days=2))
        return Interview.objects.count()


def _lost() -> Any:
    return Lost.rows().values("party_id")


def _served(among: Collection[str]) -> set[str]:
    """Of the customers those whom a user sees who deals with customers."""
    found: set[str] = set()
    for user in User.objects.filter(is_active=True):
        if reach_of(user).may(Permission.LOG_CONTACT):
            found.update(visible_to(user).filter(party_id__in=among).values_list("party_id", flat=True))
    return found


def _asker(one: Interview) -> User | None:
    """Whose it is; where they only look on (a bank's demo has few users), whoever deals with such customers."""
    others = User.objects.filter(is_active=True, posts__role__in=("branch_head", "complaint_handler"))
    for user in (desk_user_of(one.owner), *others.order_by("username")):
        if user and reach_of(user).may(Permission.LOG_CONTACT) and number_of(user, one.party_id) is not None:
            return user
    return None


def _ask(one: Interview, dice: random.Random, at: datetime) -> None:
    asker = _asker(one)
    if asker is None:
        return
    fate = dice.random()
    if fate < 0.15:
        for n in range(rules.TRIES):
            services.note_try(asker, one.pk, "call", version=one.version + n, now=at + timedelta(hours=5 * n))
    elif fate < 0.22:
        services.note_refusal(asker, one.pk, "call", version=one.version, now=at)
    else:
        same = bool(one.data_cause) and one.data_cause != "unknown" and dice.random() < 0.55
        cause = one.data_cause if same else dice.choice(list(STORIES))
        words, bank, product, back = STORIES[cause]
        told = services.Told(cause, words, bank, product, back, dice.random() < 0.8)
        services.write_down(asker, one.pk, "call", told, version=one.version, now=at)
    _win_back(asker, one, dice, at + timedelta(days=6))


def _win_back(user: User, one: Interview, dice: random.Random, at: datetime) -> None:
    row = WinBack.objects.filter(interview=one, arm=rules.TREATED).first()
    if row is None or dice.random() < 0.3:
        return
    act, words = dice.choice(
        [
            ("promised", "谈妥到期转回一半"),
            ("declined", "暂时不考虑"),
            ("talking", "要和家里商量"),
            ("promised", "下月工资卡转回来"),
        ]
    )
    services.note_win_back(user, row.pk, act, "call", words, version=row.version, now=at)
