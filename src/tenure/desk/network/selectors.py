"""Every read of introductions: those of introducers the reader sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenure.contracts import LAKE
from tenure.contracts.published import CUSTOMER
from tenure.desk.control import consents
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.control.masking import masked
from tenure.desk.kit.listing import Page, Position, capped_count, page_of
from tenure.desk.network import rules
from tenure.desk.network.filters import IntroductionFilter, filter_from
from tenure.desk.network.models import Introduction
from tenure.desk.network.rules import Balance
from tenure.desk.network.settings import rhythm
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import (
    entries_of_each,
    naming,
    number_of,
    numbers_of,
    standing_of,
    visible_to,
)

PAGE = 25
_NAME, _PHONE = CUSTOMER["name"], CUSTOMER["phone"]
_WORDS = LAKE["interaction"]["words"]


@dataclass(frozen=True, slots=True)
class Seen:
    """An introduction as its reader sees it: names, phone and words masked as they must be; empty where not theirs."""

    row: Any
    #: The introducer's number as it is now.
    introducer_id: str
    introducer: str
    owner_name: str
    target: str
    about: str
    given: str
    phone: str
    became: str
    words: str
    #: Numbers of the target, the one named and the customer they became, as far as the reader sees these.
    target_seen: str
    given_seen: str
    became_seen: str

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)

    @property
    def thanks_owed(self) -> bool:
        """Whether somebody was named and nobody has said thank you."""
        return self.row.given_on is not None and self.row.thanked_on is None


def introductions(user: User, wanted: IntroductionFilter) -> QuerySet[Introduction]:
    """The introductions ``user`` may see that ``wanted`` leaves; unsorted."""
    reach = reach_of(user)
    rows = Introduction.objects.all()
    if not ("/" in reach.paths and reach.may(Permission.VIEW_CUSTOMERS)):
        rows = rows.filter(naming(visible_to(user), "introducer_id"))
    if wanted.state:
        rows = rows.filter(state__in=rules.UNDER_WAY if wanted.state == "under_way" else [wanted.state])
    if wanted.owner:
        rows = rows.filter(owner=wanted.owner)
    if wanted.thanks:
        rows = rows.filter(given_on__isnull=False, thanked_on=None)
    return rows


@dataclass(frozen=True, slots=True)
class IntroductionList:
    """One page of the list, and how many there are (stops at 1,001)."""

    page: Page[Introduction]
    rows: list[Seen]
    count: int


def introduction_list(
    user: User, wanted: IntroductionFilter, position: Position | None, size: int = PAGE
) -> IntroductionList:
    """The page of introductions at ``position``."""
    rows = introductions(user, wanted)
    page = page_of(rows, wanted.order, position, size)
    return IntroductionList(page, seen(user, page.rows), capped_count(rows))


def filter_as_asked(asked: Mapping[str, Any]) -> IntroductionFilter:
    """The filter a program asks for: every word of it is meant.

    Raises:
        Unacceptable: a value a filter does not have.
    """
    wanted = filter_from(asked)
    for name, value in asked.items():
        meant = getattr(wanted, name)
        if value not in ("", None, False) and not (meant is True if isinstance(meant, bool) else meant == str(value)):
            raise Unacceptable(
                _("“%(value)s” is none of the values of %(field)s.") % {"value": str(value)[:60], "field": name},
                field=name,
            )
    return wanted


def introduction(user: User, introduction_id: UUID) -> Seen:
    """One introduction.

    Raises:
        NotFound: its introducer is none of theirs.
    """
    row = Introduction.objects.select_related("changed_by", "made_by").filter(pk=introduction_id).first()
    if row is None or number_of(user, row.introducer_id) is None:
        raise NotFound(_("There is no such introduction by one of your customers."))
    return seen(user, [row])[0]


def of_customer(user: User, party_id: str, limit: int = 20) -> list[Seen]:
    """The introductions by one customer, the last first."""
    rows = Introduction.objects.filter(introducer_id__in=numbers_of(user, party_id)).order_by("-made_at")
    return seen(user, rows[:limit])


def version_of(user: User, introduction_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Introduction.objects.filter(pk=introduction_id).values_list("introducer_id", "version").first()
    return row[1] if row is not None and number_of(user, row[0]) is not None else 0


def seen(user: User, rows: Iterable[Any]) -> list[Seen]:
    """``rows`` as ``user`` sees them, in their order; who is not theirs is not named."""
    listed, reach = list(rows), reach_of(user)
    if not listed:
        return []
    told = {n for row in listed for n in (row.introducer_id, row.target_id, row.given_id, row.converted_id) if n}
    stands = standing_of(told)
    ids = {stands.get(one, one) for one in told}
    names = dict(visible_to(user).filter(party_id__in=ids).values_list("party_id", "name"))
    owners = staff_names({row.owner for row in listed if row.owner})

    def known(number: str) -> tuple[str, str]:
        """The number as it is now and the name, both empty where the reader does not see them."""
        number = stands.get(number, number)
        return (number, masked(names[number], _NAME, reach) or number) if number in names else ("", "")

    found = []
    for row in listed:
        target, given, became = known(row.target_id), known(row.given_id), known(row.converted_id)
        found.append(
            Seen(
                row=row,
                introducer_id=stands.get(row.introducer_id, row.introducer_id),
                introducer=known(row.introducer_id)[1],
                owner_name=owners.get(row.owner, row.owner),
                target=target[1],
                about=masked(row.about, _WORDS, reach) if row.about else "",
                given=given[1] or (masked(row.given_name, _NAME, reach) if row.given_name else ""),
                phone=masked(row.given_phone, _PHONE, reach) if row.given_phone else "",
                became=became[1],
                words=masked(row.words, _WORDS, reach) if row.words else "",
                target_seen=target[0],
                given_seen=given[0],
                became_seen=became[0],
            )
        )
    return found


def balances(numbers: Iterable[str]) -> dict[str, Balance]:
    """What stands between us and each of these customers, whom the caller has found already."""
    entries = entries_of_each(numbers)
    of: dict[str, list[Introduction]] = defaultdict(list)
    rows = Introduction.objects.filter(introducer_id__in=entries).only(
        "introducer_id", "state", "asked_on", "given_on", "thanked_on", "closed_on", "reason"
    )
    for row in rows.order_by("made_at"):
        of[entries[row.introducer_id]].append(row)
    return {number: _balance(of.get(number, [])) for number in set(entries.values())}


def _balance(rows: list[Introduction]) -> Balance:
    asked = [row for row in rows if row.asked_on is not None]
    last = max(asked, key=lambda row: row.asked_on) if asked else None  # type: ignore[arg-type, return-value]
    return Balance(
        asked=len(asked),
        given=sum(row.given_on is not None for row in rows),
        converted=sum(row.state == rules.CONVERTED for row in rows),
        thanks_owed=sum(row.given_on is not None and row.thanked_on is None for row in rows),
        waiting=sum(row.state == rules.ASKED for row in rows),
        asked_on=tuple(sorted((row.asked_on for row in asked if row.asked_on), reverse=True)),
        last_was_no=last is not None and last.state == rules.DECLINED,
    )


def hindrances(user: User, rows: Iterable[Any], today: date) -> dict[str, tuple[str, date | None]]:
    """Why each of these customers (rows the user sees) is not asked now, or empty; and the day they may be again."""
    listed = list(rows)
    if not listed:
        return {}
    numbers = [row.party_id for row in listed]
    refusing = consents.refusing("marketing", listed, entries_of_each(numbers))
    standing, pace = balances(numbers), rhythm()
    found = {}
    for row in listed:
        balance = standing[row.party_id]
        code = rules.hindrance(
            refused=row.party_id in refusing,
            complaints=row.open_complaints or 0,
            balance=balance,
            rhythm=pace,
            today=today,
        )
        found[row.party_id] = (code, rules.not_before(balance, pace))
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """One introducer: the balance, whether they may be asked now and from when on, and the last introductions."""

    balance: Balance
    hindrance: str
    again_on: date | None
    rows: list[Seen]


def standing_with(user: User, party_id: str, today: date, limit: int = 20) -> Standing:
    """What stands between us and one customer.

    Raises:
        NotFound: they are none of ``user``'s.
    """
    row = must_see(user, party_id)
    code, again_on = hindrances(user, [row], today)[row.party_id]
    return Standing(balances([row.party_id])[row.party_id], code, again_on, of_customer(user, party_id, limit))


def may_change(user: User) -> bool:
    """Whether ``user``'s posts let them work on introductions they see."""
    return reach_of(user).may(Permission.LOG_CONTACT)


def opportunities_of(user: User, party_id: str) -> list[Any]:
    """Opportunities with a customer that may be linked to a conversion, the last first."""
    if not party_id:
        return []
    rows = Opportunity.objects.filter(party_id__in=numbers_of(user, party_id), introductions=None)
    return list(rows.exclude(state="lost").order_by("-opened_at")[:10])


def owners_among(user: User) -> dict[str, str]:
    """Who works on introductions ``user`` sees, by number, with their names; at most 200."""
    rows = introductions(user, IntroductionFilter())
    numbers = [one for one in rows.order_by("owner").values_list("owner", flat=True).distinct()[:200] if one]
    names = staff_names(numbers)
    return dict(sorted(((one, names.get(one, one)) for one in numbers), key=lambda pair: pair[1]))


def hindrance_words(code: str) -> str:
    """Why somebody is not asked now, in the reader's language."""
    return {
        "": "",
        "refused": _("Refused to be contacted for marketing: they are not asked."),
        "complaint": _("Not now: a complaint of theirs is open. Settle it first."),
        "thanks": _("First say thank you for whom they named."),
        "waiting": _("Asked already; an answer is awaited."),
        "rhythm": _("Asked lately: give them time."),
    }[code]
