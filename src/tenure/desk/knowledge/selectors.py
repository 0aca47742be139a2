"""Every read of what is known of a customer: facts and their history, worth, the plan, and the rating in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, codes
from tenure.desk.control.errors import NotFound
from tenure.desk.control.masking import masked
from tenure.desk.knowledge import questionnaires, rules, suitability
from tenure.desk.knowledge.models import Answers, Fact
from tenure.desk.knowledge.suitability import Given, Rating
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import entries_of, numbers_of, sees

#: People's own words, whoever wrote them down, are one class of data.
_WORDS = LAKE["interaction"]["words"]
FACTS = 200


def facts_of(user: User, party_id: str, *, history: bool = False) -> list[Fact]:
    """Facts about a customer, the latest first; those that stand, or with ``history`` those that ended too.

    What was taken back is nobody's knowledge and left out. Words and other banks' names are masked for those who deal
    with no customer in person.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    must_see(user, party_id)
    found = (
        Fact.objects.filter(party_id__in=numbers_of(user, party_id))
        .exclude(state="undone")
        .select_related("author", "ended_by")
    )
    if not history:
        found = found.filter(state="standing")
    return [_as_seen(user, fact) for fact in found[:FACTS]]


def fact(user: User, fact_id: Any) -> Fact:
    """One fact about a customer ``user`` may see.

    Raises:
        NotFound: there is none.
    """
    found = Fact.objects.select_related("author", "ended_by").filter(pk=fact_id).first()
    if found is None or not sees(user, found.party_id):
        raise NotFound(_("There is no such fact of a customer of yours."))
    return _as_seen(user, found)


def _as_seen(user: User, fact: Fact) -> Fact:
    reach = reach_of(user)
    fact.words = masked(fact.words, _WORDS, reach) if fact.words else ""
    fact.bank = masked(fact.bank, _WORDS, reach) if fact.bank else ""
    return fact


def heard_of(facts: list[Fact], currency: str) -> rules.Worth | None:
    """What the customer holds at other banks as far as it was heard; None where nothing was."""
    elsewhere = [one for one in facts if one.code == codes.OTHER_BANK and one.currency in ("", currency)]
    if not elsewhere:
        return None
    return rules.heard_worth((one.product, one.amount) for one in elsewhere)


def coming(facts: list[Fact], today: date) -> list[Fact]:
    """Changing facts, and money elsewhere that matures, due soon or overdue; the next first."""
    dated = [(one.until, one) for one in facts if one.until is not None and one.until <= today + rules.COMING]
    return [one for _until, one in sorted(dated, key=lambda pair: (pair[0], str(pair[1].pk)))]


def rating_of(customer: Any, on: date) -> Rating | None:
    """How much risk a customer bears as known on day ``on``; None where nobody ever asked.

    The one place that decides it: the newest of the confirmed answers given at the desk and the bank's own file
    (``risk_rating`` of the published row ``customer``). One that has expired is told as such and opens no gate.
    A rating in the file without the day it was given cannot be told valid, and counts as none.
    """
    latest = Answers.objects.filter(party_id__in=entries_of(customer.party_id), confirmed_at__isnull=False).order_by(
        "-taken_at"
    )
    file = None
    if customer.risk_rating and customer.risk_rated_on:
        until = suitability.months_later(customer.risk_rated_on, questionnaires.limits().valid_months)
        file = Given(customer.risk_rating, "", customer.risk_rated_on, until, "file")
    return suitability.rating_in_force([_given(one) for one in latest], file, on)


def _given(one: Answers) -> Given:
    return Given(one.rating, one.overruled_to, timezone.localdate(one.taken_at), one.expires_on, "desk")


def answers_of(user: User, party_id: str) -> list[Answers]:
    """What the customer answered, the latest first.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    must_see(user, party_id)
    found = Answers.objects.filter(party_id__in=numbers_of(user, party_id)).select_related("author", "overruled_by")
    return [_answers_as_seen(user, one) for one in found[:50]]


def answers(user: User, answers_id: Any) -> Answers:
    """One customer's answers.

    Raises:
        NotFound: there are none of a customer ``user`` may see.
    """
    found = Answers.objects.select_related("author", "overruled_by").filter(pk=answers_id).first()
    if found is None or not sees(user, found.party_id):
        raise NotFound(_("There are no such answers of a customer of yours."))
    return _answers_as_seen(user, found)


def _answers_as_seen(user: User, one: Answers) -> Answers:
    if one.overrule_reason:
        one.overrule_reason = masked(one.overrule_reason, _WORDS, reach_of(user))
    return one


@dataclass(frozen=True, slots=True)
class Room:
    """How often a customer may still be asked: today, and within twelve months."""

    today: int
    year: int

    @property
    def may_ask(self) -> bool:
        """Whether they may be asked now."""
        return self.today > 0 and self.year > 0


def room_for(customer: Any, on: date) -> Room:
    """How often ``customer`` may still be asked on day ``on``: every channel known counts, the bank's file too."""
    taken = Answers.objects.filter(party_id__in=entries_of(customer.party_id)).values_list("taken_at", flat=True)
    days = [timezone.localdate(at) for at in taken]
    if customer.risk_rated_on:  # asked elsewhere at the bank, unless the file took over what the desk had asked
        days += [customer.risk_rated_on] if customer.risk_rated_on not in days else []
    limits = questionnaires.limits()
    return Room(*suitability.room_left(days, on, limits.a_day, limits.a_year))
