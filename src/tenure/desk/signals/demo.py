"""Events and signals for the demo bank, so that rules can be tried out and pages are full.

Events are made out of the published time line. Their ids begin with ``demo-`` and nobody is named as their sender; the
newest day's are judged, as if they had just come, the older ones only kept. What the lobby and the counter noticed, and
what came of it, goes through the services as people's own does.
"""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tenure.contracts.signals import HAND
from tenure.desk.org.models import User
from tenure.desk.parties.models import Holding, Timeline
from tenure.desk.parties.visibility import visible_to
from tenure.desk.publication.current import pin, pinned
from tenure.desk.signals import intake, services
from tenure.desk.signals.current_rules import in_force
from tenure.desk.signals.models import Signal
from tenure.desk.signals.reading import KEPT, Incoming

#: A transaction's kind on the time line, and the event's.
_KINDS = {
    "cash_in": "deposit",
    "cash_out": "withdrawal",
    "transfer_in": "transfer_in",
    "transfer_out": "transfer_out",
    "same_name": "transfer_out",
    "payroll": "salary",
}
_MOST = 50_000
#: For each manager: how many signals of the last hour wait; of the sixty days before, one for each of ``_CAME_OF_IT``.
WAITING = 2
_NOTICED = (
    ("asks_wealth", "问有没有稳健一点的理财"),
    ("asks_rates", "说他行三年期利率高一些"),
    ("large_cash", "提着现金来，问存多久合适"),
    ("asks_loan", "想给店里添设备，问经营贷"),
    ("leaving", "办了大额转出，说要集中到他行"),
    ("family_event", "孩子明年出国"),
    ("asks_insurance", "问养老险能不能按月领"),
    ("business_owner", "新开了一家门店"),
)
#: What came of those that ended, what was said, and of how many.
_CAME_OF_IT = (
    ("contacted", "已电话联系，客户在比较", 9),
    ("meeting_agreed", "约好周五来网点", 5),
    ("sold", "当场办理", 3),
    ("unreachable", "", 4),
    ("not_relevant", "只是随口一问", 2),
    ("wrong", "认错人", 1),
)


def seed_demo_events(now: datetime) -> int:
    """Make events of the last 35 days' transactions where there are none yet; returns how many. Again: none."""
    with pin(), transaction.atomic():
        publication = pinned()
        if publication is None:
            return 0
        recent = Timeline.rows().filter(kind="transaction", detail__in=_KINDS, at__gt=now - KEPT, at__lte=now)
        told = ("event_id", "party_id", "at", "detail", "amount", "currency")
        rows = list(recent.order_by("-at").values_list(*told)[:_MOST])
        account_of = dict(
            Holding.rows()
            .filter(role="owner", closed_on=None, party_id__in={row[1] for row in rows})
            .order_by("-account_id")
            .values_list("party_id", "account_id")
        )
        events = [
            Incoming(
                index,
                f"demo-{event_id}"[:80],
                _KINDS[detail],
                at,
                account_of[party],
                abs(amount) if amount is not None else None,
                currency or publication.currency,
                detail == "same_name",
                "",
            )
            for index, (event_id, party, at, detail, amount, currency) in enumerate(rows)
            if party in account_of
        ]
        if not events:
            return 0
        owners = {account: party for party, account in account_of.items()}
        _, new, _ = intake.store(list({e.event_id: e for e in events}.values()), owners, None, now)
        newest = max(e.at for e in events) - timedelta(days=1)
        fresh = [e for e in new if e.at > newest]
        if fresh:
            known = intake.known_customers(owners[e.account_id] for e in fresh)
            intake.raise_signals(fresh, owners, known, in_force(), now)
    return len(new)


def create_demo_signals(now: datetime) -> int:
    """What colleagues in the lobby and at the counter noticed about managers' customers; returns how many. Again: none.

    The same bank and day give the same ones.
    """
    with pin():
        publication = pinned()
        if publication is None or Signal.objects.filter(rule=HAND).exists():
            return 0
        made = 0
        for manager in User.objects.filter(posts__role="relationship_manager", is_active=True).order_by("username"):
            if manager.staff_id:
                with transaction.atomic():
                    made += _noticed_for(manager, f"{publication.lake_id} signals {manager.username}", now)
        return made


def _noticed_for(manager: User, seed: str, now: datetime) -> int:
    dice = random.Random(seed)  # noqa: S311 - a demo must come out the same, not secret
    own = visible_to(manager).filter(lead_staff_id=manager.staff_id).values("party_id")
    front = User.objects.filter(posts__role__in=("lobby_manager", "teller"), is_active=True).order_by("username")
    known = [(who, one) for who in front for one in _largest(who, own)]
    if not known:
        return 0
    ended = [(outcome, said) for outcome, said, many in _CAME_OF_IT for _one in range(many)]
    dice.shuffle(ended)
    for number, (outcome, said) in enumerate(ended + [("", "")] * WAITING):
        at = now - timedelta(minutes=10 + 20 * (number - len(ended)))
        if outcome:
            day = timezone.localdate(now) - timedelta(days=60 - number * 58 // len(ended))
            at = timezone.make_aware(datetime.combine(day, time(9 + dice.randrange(7), dice.randrange(60))))
        who, party_id = dice.choice(known)
        trait, words = dice.choice(_NOTICED)
        signal = services.add_signal(who, party_id, [trait], words, f"demo-{manager.username}-{number}", now=at)
        if outcome:
            services.close(manager, signal.pk, outcome, said, now=at + timedelta(minutes=dice.randrange(4, 90)))
    return len(ended) + WAITING


def _largest(who: User, among: Any) -> list[str]:
    rows = visible_to(who).filter(party_id__in=among).order_by("-aum_month_average", "party_id")
    return list(rows.values_list("party_id", flat=True)[:30])
