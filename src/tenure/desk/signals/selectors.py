"""Every read of signals: whose wait, one of them, a customer's, how reliable their sources are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED
from tenure.contracts.signals import HAND, rule_as_told
from tenure.desk.control.changes.selectors import waiting_on
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.control.masking import masked
from tenure.desk.kit import formats, wording
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Reach
from tenure.desk.org.selectors import below, reach_of, staff_names
from tenure.desk.parties.visibility import acts_for, naming, numbers_of, standing_of, visible_to
from tenure.desk.publication.current import pinned
from tenure.desk.signals import rules
from tenure.desk.signals.beside import matters_beside
from tenure.desk.signals.models import Listening, RuleSet, Signal
from tenure.desk.signals.reliability import Reliability, reliability
from tenure.desk.work.selectors import Matter

_NAME, _PHONE = PUBLISHED["customer"]["name"], PUBLISHED["customer"]["phone"]
_WORDS = LAKE["signal"]["words"]
#: Signals counted for the navigation; beyond it one reads “99+”.
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class SignalSeen:
    """A signal as its reader sees it: names and words masked as they must be, the reason in their language."""

    id: UUID
    version: int
    party_id: str
    name: str
    phone: str
    tier: str
    rule: str
    title: str
    reason: str
    to_do: str
    words: str
    amount: int | None
    at: datetime
    state: str
    goes_to: str
    goes_to_name: str
    source: str
    source_name: str
    claimed_by: str
    claimed_at: datetime | None
    outcome: str
    closing_words: str
    closed_at: datetime | None
    escalates_at: datetime
    led_to: UUID | None
    mine: bool
    may_claim: bool
    may_reopen: bool
    reliability: Reliability
    #: The entry of the work list about the same thing, as it stands; None where there is none.
    matter: Matter | None = None

    @property
    def entry_key(self) -> str:
        """The key of that entry; empty where there is none."""
        return self.matter.key if self.matter is not None else ""

    @property
    def matter_title(self) -> str:
        """What that entry is called, in the reader's language."""
        return wording.rule_title(self.matter.rule, get_language() or "en") if self.matter is not None else ""


def waiting(user: User, which: str, language: str = "") -> list[SignalSeen]:
    """Open signals, the newest first, at most 100: ``mine``, the ``pool`` of the branch, ``all`` one may see, or the
    ones one ``closed``."""
    return _as_seen(user, _of(user, which).order_by("-at", "pk")[: rules.LIST_LENGTH], language)


def _of(user: User, which: str) -> QuerySet[Signal]:
    """The signals of that list whose customer ``user`` may see."""
    reach = reach_of(user)
    lists = {
        "mine": Q(state__in=rules.UNCLAIMED) & _for_me(reach, user) | Q(state=rules.CLAIMED, claimed_by=user),
        "pool": Q(state__in=rules.UNCLAIMED) & (Q(goes_to="") | Q(state=rules.ESCALATED)),
        "closed": Q(state=rules.CLOSED, claimed_by=user),
    }
    return _visible(user).filter(lists.get(which, Q(state__in=rules.OPEN)))


def _for_me(reach: Reach, user: User) -> Q:
    mine = Q(goes_to__in=acts_for(user))
    if reach.roles & rules.POOL:
        mine |= Q(goes_to="") | Q(state=rules.ESCALATED)
    return mine


def _visible(user: User) -> QuerySet[Signal]:
    reach = reach_of(user)
    found = Signal.objects.filter(naming(visible_to(user)))
    if reach.staff_id or "/" in reach.paths:
        return found
    return found.filter(below(reach.paths))  # by the signal's own index first; the customer decides


def count_waiting(user: User) -> int:
    """How many signals wait for ``user`` to claim them, counted to 100."""
    reach = reach_of(user)
    if not reach.may(Permission.LOG_CONTACT):
        return 0
    mine = Q(state__in=rules.UNCLAIMED) & _for_me(reach, user)
    # Every page asks this, and mostly there are few: whose they are is looked at first, then whether they are seen.
    about = Signal.objects.filter(mine).order_by().values_list("party_id", flat=True)
    if not (reach.staff_id or "/" in reach.paths):
        about = about.filter(below(reach.paths))
    few = list(about[: MOST_COUNTED + 1])
    if len(few) > MOST_COUNTED:
        return _visible(user).filter(mine).order_by()[:MOST_COUNTED].count()
    seen = among_visible(user, few) if few else frozenset()
    return sum(party_id in seen for party_id in few)


def one(user: User, signal_id: UUID, language: str = "") -> SignalSeen:
    """One signal.

    Raises:
        NotFound: it is about no customer they see.
    """
    found = _as_seen(user, Signal.objects.filter(pk=signal_id), language)
    if not found:
        raise NotFound(_("There is no such signal."))
    return found[0]


def of_customer(user: User, party_id: str, language: str = "") -> list[SignalSeen]:
    """The last signals about one customer, open or closed; at most 10."""
    return _as_seen(user, Signal.objects.filter(party_id__in=numbers_of(user, party_id)).order_by("-at")[:10], language)


def among_visible(user: User, party_ids: Iterable[str]) -> frozenset[str]:
    """Those of ``party_ids`` that ``user`` may see."""
    wanted = set(party_ids)
    stands = standing_of(wanted)
    found = set(
        visible_to(user).filter(party_id__in={stands.get(p, p) for p in wanted}).values_list("party_id", flat=True)
    )
    return frozenset(p for p in wanted if stands.get(p, p) in found)


def changed_since(moment: datetime) -> list[tuple[str, int, str, str, str, datetime]]:
    """Signals changed after ``moment``: id, version, state, customer, whose, when; the feed's watcher alone reads it,
    and gives nothing of it to anyone before :func:`among_visible`."""
    told = ("pk", "version", "state", "party_id", "goes_to", "changed_at")
    rows = Signal.objects.filter(changed_at__gt=moment).order_by("changed_at").values_list(*told)[:2000]
    return [(str(pk), version, state, party, to, at) for pk, version, state, party, to, at in rows]


def sound_of(user: User) -> bool:
    """Whether ``user`` wants a sound with a new signal."""
    return Listening.objects.filter(user=user, sound=True).exists()


def versions() -> list[RuleSet]:
    """The last versions of the rules, the newest first; not about any customer."""
    return list(RuleSet.objects.select_related("made_by", "approved_by")[:20])


def may_look_at_rules(user: User) -> None:
    """Raises NotAllowed where no post of theirs edits or checks rules."""
    reach = reach_of(user)
    if not (reach.may(Permission.MANAGE_RULES) or reach.may(Permission.CHECK_RULES)):
        raise NotAllowed(_("None of your posts gives you the right to do this."))


def reliabilities() -> dict[str, Reliability]:
    """How far each source can be relied on, by source: a rule's name, or ``hand:<user>``; counts, no customer."""
    told = ~Q(outcome__in=rules.SILENT)
    rows = (
        Signal.objects.filter(told, state=rules.CLOSED)
        .order_by()
        .values("rule", "seen_by")
        .annotate(closed=Count("pk"), useful=Count("pk", filter=Q(outcome__in=rules.USEFUL)))
    )
    counted: dict[str, tuple[int, int]] = {}
    for row in rows:
        source = _source(row["rule"], row["seen_by"])
        useful, closed = counted.get(source, (0, 0))
        counted[source] = (useful + row["useful"], closed + row["closed"])
    all_useful, all_closed = (sum(pair[i] for pair in counted.values()) for i in (0, 1))
    found = {source: reliability(*pair, all_useful, all_closed) for source, pair in counted.items()}
    found[""] = reliability(0, 0, all_useful, all_closed)  # a source without outcomes: what all sources say
    return found


def _source(rule: str, seen_by: int | None) -> str:
    return f"{HAND}:{seen_by}" if rule == HAND else rule


def _as_seen(user: User, signals: Iterable[Signal] | QuerySet[Signal], language: str) -> list[SignalSeen]:
    """``signals`` for reading, in their order, without those whose customer ``user`` may not see."""
    if isinstance(signals, QuerySet):
        signals = signals.select_related("seen_by", "claimed_by")
    listed = list(signals)
    if not listed:
        return []
    stands = standing_of(s.party_id for s in listed)
    customers = {
        row.party_id: row
        for row in visible_to(user)
        .filter(party_id__in={stands.get(s.party_id, s.party_id) for s in listed})
        .only("party_id", "name", "phone", "tier")
    }
    publication = pinned()
    currency = publication.currency if publication is not None else ""
    learned = reliabilities()
    names = staff_names(s.goes_to for s in listed if s.goes_to)
    absent = {*acts_for(user)} - {user.staff_id}
    language = language or get_language() or "en"
    beside = matters_beside(s for s in listed if stands.get(s.party_id, s.party_id) in customers)
    return [
        _seen(
            s, customers[stands.get(s.party_id, s.party_id)], user, currency, language, learned, names, absent, beside
        )
        for s in listed
        if stands.get(s.party_id, s.party_id) in customers
    ]


def _seen(
    signal: Signal,
    customer: Any,
    user: User,
    currency: str,
    language: str,
    learned: dict[str, Reliability],
    names: dict[str, str],
    absent: set[str],
    beside: Mapping[Any, Matter],
) -> SignalSeen:
    reach, rule, chinese = reach_of(user), rule_as_told(signal.rule, signal.facts), formats.is_chinese(language)
    if rule is None:
        title, to_do = _("Noticed by a colleague"), ""
        traits = [wording.code_name(t, "trait", language) for t in signal.facts.get("traits", [])]
        reason = ("、" if chinese else "; ").join(traits)
    else:
        title, to_do = (rule.zh, rule.do_zh) if chinese else (rule.en, rule.do_en)
        reason = wording.reason(rule, signal.facts, currency, language)
    source = _source(signal.rule, signal.seen_by_id)
    seen_by = signal.seen_by.name if signal.seen_by is not None else ""
    amount = signal.facts.get("event_amount", signal.facts.get("sum_amount"))
    return SignalSeen(
        id=signal.pk,
        version=signal.version,
        party_id=signal.party_id,
        name=masked(customer.name, _NAME, reach) or signal.party_id,
        phone=masked(customer.phone, _PHONE, reach) or "",
        tier=customer.tier or "",
        rule=signal.rule,
        title=title,
        reason=reason,
        to_do=to_do,
        words=masked(signal.words, _WORDS, reach) if signal.words else "",
        amount=amount,
        at=signal.at,
        state=signal.state,
        goes_to=signal.goes_to,
        goes_to_name=names.get(signal.goes_to, signal.goes_to),
        source=source if rule is None else f"{signal.rule}@{signal.rule_version}",
        source_name=seen_by or _("Rule, version %(n)s") % {"n": signal.rule_version},
        claimed_by=signal.claimed_by.name if signal.claimed_by is not None else "",
        claimed_at=signal.claimed_at,
        outcome=signal.outcome,
        closing_words=masked(signal.closing_words, _WORDS, reach) if signal.closing_words else "",
        closed_at=signal.closed_at,
        escalates_at=signal.escalates_at,
        led_to=signal.led_to,
        mine=signal.claimed_by_id == user.pk,
        may_claim=reach.may(Permission.LOG_CONTACT)
        and rules.may_claim(
            signal.state, user.staff_id if signal.goes_to in absent else signal.goes_to, user.staff_id, reach.roles
        ),
        may_reopen=signal.state == rules.CLOSED
        and signal.claimed_by_id == user.pk
        and signal.closed_at is not None
        and timezone.localdate(signal.closed_at) == timezone.localdate(),
        reliability=learned.get(source, learned[""]),
        matter=beside.get(signal.pk),
    )


def name_of(user: User, customer: Any) -> str:
    """A customer's name as ``user`` may see it."""
    return masked(customer.name, _NAME, reach_of(user)) or str(customer.party_id)


def names_of_users(numbers: Iterable[int]) -> dict[int, str]:
    """Names of desk users by their number."""
    return dict(User.objects.filter(pk__in=list(numbers)).values_list("pk", "name"))


def rules_waiting() -> list[Any]:
    """Changes of the rules that wait for approval."""
    return waiting_on("signals", ["rules"])
