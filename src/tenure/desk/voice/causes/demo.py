"""A year of corrections and improvements for trying the desk, made by their services.

What they changed is measured by the next night; in a bank of fewer than six branches it says that it cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from tenure.desk.control.changes import services as changes
from tenure.desk.org.models import Organisation, User
from tenure.desk.publication.current import pin, pinned
from tenure.desk.voice.causes import correcting, selectors, services
from tenure.desk.voice.causes.models import Improvement, Theme

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Story:
    """An improvement as it went: ``began`` days ago (None: not yet), ``ended`` in words, actions as (words, days)."""

    themes: tuple[str, ...]
    title: str
    aim: str
    functions: tuple[str, ...]
    began: int | None
    actions: tuple[tuple[str, int], ...]
    state: str = "running"
    channel: str = ""
    cost: int | None = None
    costs: tuple[int, int] | None = None
    ended: str = ""


#: Days of actions count from today: those past are done, but the last one of a running improvement.
STORIES = (
    _Story(("waiting",), "周一上午弹性窗口与预约优先", "高峰等候中位数由 35 分钟降到 15 分钟以内，净推荐值提高 10 点",
           ("branch", "operations", "it"), 310,
           (("叫号系统增加预约优先", -290), ("排定弹性窗口班次", -270), ("推广到全部高峰时段", -6))),
    _Story(("app",), "手机银行转账失败当场说明原因", "因转账失败来电减半",
           ("it", "product"), 150, (("错误提示改成客户看得懂的话", -120), ("失败自动转人工", 12))),
    _Story(("fees",), "收费前先告知，误扣当日退", "收费类投诉减少一半",
           ("product", "compliance"), None, (("梳理收费清单", 9),), state="approved"),
    _Story(("attitude",), "大堂晨会复盘与统一解释卡", "不满意答卷占比下降三分之一",
           ("branch", "people"), None, (), state="asked"),
    _Story(("rates", "lost:better_rate_elsewhere"), "到期前七天给出续存方案", "到期流失减少两成",
           ("product", "branch", "marketing"), 200, (("到期提醒清单", -180),), state="dropped",
           ended="与同期的到期关怀重复，并入日常关怀，不再单独推进"),
    _Story(("maturity",), "手机银行一键续存", "到期业务三成在手机上完成，客户觉得比来网点更好",
           ("it", "product"), 250, (("上线一键续存", -240), ("柜面引导首次使用", -200)), channel="mobile",
           cost=38_000_000, costs=(60, 1_850)),
)  # fmt: skip


def create_demo_causes(now: datetime) -> int:
    """Make them where there are none yet; returns how many. The same bank and day give the same ones."""
    with pin():
        if pinned() is None or Improvement.objects.exists():
            return 0
        maker, checker = _user("branch_head"), _user("executive")
        if maker is None or checker is None or not maker.staff_id or not Theme.rows().exists():
            return 0
        outlets = list(Organisation.rows().filter(kind="outlet").order_by("org_id").values_list("org_id", flat=True))
        with transaction.atomic():
            _corrections(maker, now - 90 * DAY)
            made = sum(_story(n, each, maker, checker, outlets, now) for n, each in enumerate(STORIES))
    return made


def _user(role: str) -> User | None:
    return User.objects.filter(posts__role=role, is_active=True).order_by("username").first()


def _corrections(maker: User, now: datetime) -> None:
    """A name of the bank's own, a phrase that belongs elsewhere, and one taken back again."""
    if selectors.theme_named("waiting") is None:
        return
    version = selectors.version_of_theme(maker, "waiting")
    correcting.rename(maker, "waiting", "等候太久", version=version, now=now)
    correcting.move_phrase(maker, "waiting", "叫号", version=version + 1, now=now + DAY)
    wrong = correcting.move_phrase(maker, "waiting", "预约", version=version + 2, now=now + 2 * DAY)
    correcting.undo(maker, wrong.pk, now=now + 3 * DAY)


def _story(n: int, each: _Story, maker: User, checker: User, outlets: list[str], now: datetime) -> int:
    themes = tuple(key for key in each.themes if selectors.theme_named(key) is not None)
    treated = tuple(outlets[n % 2 :: 3][: max(1, len(outlets) // 4)])
    if not (themes or each.channel) or not treated:
        return 0
    began = now - (each.began or 0) * DAY
    at = began - 30 * DAY if each.began else now - 20 * DAY
    made = services.propose(
        maker,
        services.Plan(
            title=each.title, aim=each.aim, owner=maker.staff_id, kind="innovation" if each.channel else "improvement",
            starts_on=timezone.localdate(began if each.began else now + 14 * DAY), functions=each.functions,
            themes=themes, treated=() if each.channel else treated, channel=each.channel, cost=each.cost,
            contact_cost=each.costs[0] if each.costs else None, replaced_cost=each.costs[1] if each.costs else None,
        ),
        f"demo-{n}",
        now=at,
    )  # fmt: skip
    change = services.ask(maker, made.pk, "客户反复提到，涉及价值靠前", version=made.version, now=at + DAY)
    if each.state == "asked":
        return 1
    changes.approve(checker, change.pk, "同意先在少数网点试行", now=at + 3 * DAY)
    made.refresh_from_db()
    if each.began:
        made = services.begin(maker, made.pk, timezone.localdate(began), version=made.version, now=began)
    for words, days in each.actions:
        made.refresh_from_db()
        due = now + days * DAY
        action = services.add_action(
            maker, made.pk, words, maker.staff_id, timezone.localdate(due), version=made.version,
            now=max(began if each.began else at + 4 * DAY, min(now, due - 20 * DAY)),
        )  # fmt: skip
        late = each.state == "running" and (words, days) == each.actions[-1] and days > -10
        if days < 0 and not late:
            services.finish_action(maker, action.pk, now=due)
    if each.state == "dropped":
        made.refresh_from_db()
        services.end(maker, made.pk, "drop", each.ended, version=made.version, now=now - 60 * DAY)
    return 1
