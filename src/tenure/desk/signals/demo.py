"""Events for the demo bank, made out of the published time line, so that rules can be tried out and pages are full.

Their ids begin with ``demo-`` and nobody is named as their sender. The newest day's are judged, as if they had just
come; the older ones are only kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from tenure.desk.parties.models import Holding, Timeline
from tenure.desk.publication.current import pin, pinned
from tenure.desk.signals import intake
from tenure.desk.signals.current_rules import in_force
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
