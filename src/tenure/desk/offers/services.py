"""Every change to a solution: begin it, compose it, show it, note the customer's answer, drop it.

The gates (``judging.py``) are held at every turn: when something is chosen, when the solution is shown, and again when
the customer agrees, for a rating may have run out in between. Nobody can override one. What is agreed to becomes an
opportunity with its next step dated: the plan is followed where all business is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, must, one_of, unchanged, who_changed
from tenure.desk.findings.selectors import ahead
from tenure.desk.kit import formats
from tenure.desk.offers import judging, paper, rules
from tenure.desk.offers.fitting import (
    fitting,
    seeded,
)
from tenure.desk.offers.models import Item, Solution
from tenure.desk.opportunities import rules as business
from tenure.desk.opportunities.services import open_opportunity
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import entries_of, number_of
from tenure.desk.publication.current import pinned


@dataclass(frozen=True, slots=True)
class Choice:
    """Something chosen for a need: ``key`` is ``product|number`` or ``bundle|id``, ``amount`` minor units."""

    need: str
    key: str
    amount: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the customer said to one item; agreed to, it has a next step on a day, by ``owner`` (else oneself)."""

    agrees: bool
    next_step: str = ""
    next_step_on: date | None = None
    owner: str = ""


def begin(user: User, party_id: str, *, now: datetime) -> Solution:
    """Begin a solution with the needs the night found; a customer has one in draft, which then is the answer.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: there is no such customer among those they see.
        Conflict: nothing is published yet.
    """
    must(user)
    row, publication = must_see(user, party_id), pinned()
    if publication is None:
        raise Conflict(_("Nothing has been published yet."))
    drafts = Solution.objects.filter(party_id__in=entries_of(row.party_id), state=rules.DRAFT)
    if (known := drafts.first()) is not None:
        return known
    try:
        with transaction.atomic():
            made = Solution.objects.create(
                party_id=row.party_id,
                org_path=row.org_path,
                manager=user.staff_id,
                needs=seeded(ahead(user, row.party_id).needs),
                currency=publication.currency,
                begun_by=user,
                begun_at=now,
                changed_by=user,
                changed_at=now,
            )
            _note(user, "solution.begin", made, now, {"needs": [one["need"] for one in made.needs]})
    except IntegrityError:  # the same click twice, or a colleague in the same moment
        return drafts.get()
    return made


def compose(
    user: User,
    solution_id: UUID,
    needs: Sequence[Mapping[str, Any]],
    choices: Sequence[Choice],
    advice: str,
    *,
    version: int,
    now: datetime,
) -> Solution:
    """Set a draft's needs in their order, what is chosen for each, and the words of advice.

    Args:
        needs: in order: ``need``, ``heard`` (the customer told it) and ``words``.

    Raises:
        NotAllowed, NotFound: see :func:`begin`.
        Unacceptable: a need this customer cannot have, an amount of nothing, or a choice that a gate bars.
        Conflict: it is no draft any more, or somebody changed it after ``version``.
    """
    with transaction.atomic():
        one = _locked(user, solution_id)
        today = timezone.localdate(now)
        needs = judging.needs_told(user, one, needs)
        advice = at_most(advice, rules.ADVICE_LENGTH, "advice")
        again = one.version == version + 1 and one.changed_by_id == user.pk and one.state == rules.DRAFT
        if again and (one.needs, one.advice, _kept(one)) == (needs, advice, _sent(choices)):
            return one  # the same click again
        _must_be(one, rules.DRAFT, version)
        if len(choices) > rules.MOST_ITEMS:
            raise Unacceptable(_("At most %(most)s things at once.") % {"most": rules.MOST_ITEMS}, field="items")
        found = fitting(user, one.party_id, today, needs)
        items = []
        for place, choice in enumerate(_in_order(choices, needs), start=1):
            offer = found.offer(choice.need, choice.key)
            if offer is None:
                raise Unacceptable(_("This is nothing that serves the need."), field="items")
            judging.must_fit(offer)
            items.append(
                Item(
                    solution=one,
                    place=place,
                    need=choice.need,
                    product_id=offer.product_id,
                    category=offer.category,
                    bundle=offer.bundle,
                    amount=judging.amount_given(choice.amount, offer),
                    words=at_most(choice.words, rules.WORDS_LENGTH, "words"),
                )
            )
        one.needs, one.advice = needs, advice
        one.items.all().delete()
        Item.objects.bulk_create(items)
        _save(one, user, now)
        _note(user, "solution.compose", one, now, {"needs": [n["need"] for n in needs], "items": _sold(items)})
    return one


def show(user: User, solution_id: UUID, language: str, valid_until: date, *, version: int, now: datetime) -> Solution:
    """Show a draft to the customer: from now on it stays as it is, and holds until ``valid_until``.

    Raises:
        NotAllowed, NotFound: see :func:`begin`.
        Unacceptable: nothing is chosen, a gate bars something, or a validity that cannot be.
        Conflict: it was shown already, or somebody changed it after ``version``.
    """
    with transaction.atomic():
        one = _locked(user, solution_id)
        if one.state == rules.SHOWN and one.version == version + 1 and one.changed_by_id == user.pk:
            return one
        _must_be(one, rules.DRAFT, version)
        one_of(language, dict(settings.LANGUAGES), "language")
        today, publication = timezone.localdate(now), pinned()
        items = list(one.items.select_related("bundle"))
        if not items or publication is None:
            raise Unacceptable(_("Choose what you offer first."), field="items")
        judging.must_hold(valid_until, items, today)
        row = must_see(user, one.party_id)
        products = judging.judge(row, items, today, new=True)
        one.content = paper.content_of(row, one, items, products, user, publication)
        one.state, one.shown_on, one.valid_until, one.language = rules.SHOWN, today, valid_until, language
        one.level_shown = rules.level_of(_parts(items))
        one.manager = user.staff_id or one.manager
        _save(one, user, now)
        changes = {"level": one.level_shown, "valid_until": valid_until, "items": _sold(items), "language": language}
        _note(user, "solution.show", one, now, changes)
    return one


def settle(
    user: User,
    solution_id: UUID,
    answers: Mapping[UUID, Answer],
    *,
    version: int,
    now: datetime,
    reason: str = "",
    words: str = "",
) -> Solution:
    """Note what the customer said to each item; what they agree to becomes an opportunity with its next step dated.

    Args:
        answers: for every item of the solution.
        reason: one of ``codes.LOST_REASONS``, where nothing is agreed to.

    Raises:
        NotAllowed, NotFound: see :func:`begin`.
        Unacceptable: an item without an answer, a gate that has closed since, a step without a day, no reason.
        Conflict: it is not shown, its validity has run out, or somebody changed it after ``version``.
    """
    with transaction.atomic():
        one = _locked(user, solution_id)
        settled = one.state in (rules.AGREED, rules.PARTLY, rules.DECLINED)
        if settled and one.version == version + 1 and one.changed_by_id == user.pk:
            return one
        _must_be(one, rules.SHOWN, version)
        today = timezone.localdate(now)
        if rules.standing(one.state, one.valid_until, today) == rules.EXPIRED:
            raise Conflict(
                _("This solution held until %(day)s.") % {"day": formats.day(one.valid_until, get_language() or "en")},
                _("Begin a new one: prices and ratings are judged afresh."),
            )
        items = list(one.items.select_related("bundle"))
        if set(answers) != {item.pk for item in items}:
            raise Unacceptable(_("Note an answer to every item."), field="answers")
        agreed = [item for item in items if answers[item.pk].agrees]
        if not agreed:
            one_of(reason, codes.LOST_REASONS, "reason")
        judging.judge(must_see(user, one.party_id), agreed, today, new=False)
        one.words = at_most(words, rules.REASON_LENGTH, "words")
        for item in items:
            item.state = Item.State.AGREED if item in agreed else Item.State.DECLINED
            if item in agreed:
                item.opportunity_id = _planned(user, one, item, answers[item.pk], now)
            item.save(update_fields=["state", "opportunity_id"])
        one.state, one.settled_on = rules.answered(len(agreed), len(items)), today
        one.level_agreed = rules.level_of(_parts(agreed))
        one.declined_reason = "" if agreed else reason
        _save(one, user, now)
        changes = {"state": one.state, "level": one.level_agreed, "agreed": _sold(agreed)}
        _note(user, "solution.settle", one, now, changes | ({"reason": reason} if not agreed else {}))
    return one


def drop(user: User, solution_id: UUID, *, version: int, now: datetime) -> Solution:
    """Give a draft up; what was shown stays and is answered or runs out.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`compose`.
    """
    with transaction.atomic():
        one = _locked(user, solution_id)
        if one.state == rules.DROPPED and one.version == version + 1 and one.changed_by_id == user.pk:
            return one
        _must_be(one, rules.DRAFT, version)
        one.state = rules.DROPPED
        _save(one, user, now)
        _note(user, "solution.drop", one, now, {})
    return one


def _planned(user: User, one: Solution, item: Item, answer: Answer, now: datetime) -> UUID:
    """The opportunity an agreed item becomes: of its kind and value, at the stage where somebody has agreed."""
    told = one.content["needs"]
    name = next(each for need in told for each in need["items"] if each["item"] == str(item.pk))
    names = name["bundle"] or name["products"][0]
    kind = rules.business_of(item.category)
    made = open_opportunity(
        user,
        one.party_id,
        kind,
        names["zh" if formats.is_chinese(get_language() or "en") else "en"][: business.TITLE_LENGTH],
        item.amount,
        answer.next_step,
        answer.next_step_on,  # type: ignore[arg-type]  # refused in words where it is missing
        now=now,
        currency=one.currency,
        stage=rules.stage_agreed(business.codes_of(kind)),
        owner=answer.owner,
        source="need",
        source_key=item.category,
        external_id=f"solution-{item.pk}",
    )
    return made.pk


def _in_order(choices: Sequence[Choice], needs: Sequence[Mapping[str, Any]]) -> list[Choice]:
    order = [need["need"] for need in needs]
    for choice in choices:
        one_of(choice.need, order, "items")
    if len({(choice.need, choice.key) for choice in choices}) < len(choices):
        raise Unacceptable(_("The same thing was chosen twice for one need."), field="items")
    return sorted(choices, key=lambda choice: order.index(choice.need))


def _kept(one: Solution) -> set[tuple[str, str, int, str]]:
    return {
        (i.need, f"bundle|{i.bundle_id}" if i.bundle_id else f"product|{i.product_id}", i.amount, i.words)
        for i in one.items.all()
    }


def _sent(choices: Sequence[Choice]) -> set[tuple[str, str, int, str]]:
    return {(choice.need, choice.key, choice.amount, choice.words.strip()) for choice in choices}


def _parts(items: Sequence[Item]) -> list[rules.Part]:
    return [rules.Part(one.need, one.category, bool(one.bundle and one.bundle.services)) for one in items]


def _sold(items: Sequence[Item]) -> list[str]:
    """Items for the trail: codes and numbers, no words."""
    return [f"{one.bundle.code} {one.bundle.version}" if one.bundle else one.product_id for one in items]


def _locked(user: User, solution_id: UUID) -> Solution:
    must(user)
    one = Solution.objects.select_for_update().filter(pk=solution_id).first()
    if one is None or number_of(user, one.party_id) is None:
        raise NotFound(_("There is no such solution of a customer of yours."))
    return one


def _must_be(one: Solution, state: str, version: int) -> None:
    """In that state and as the person saw it; else who was first."""
    by = who_changed(one)
    if one.state != state:
        told = {
            rules.DRAFT: _("It is still a draft and was not shown yet."),
            rules.SHOWN: _("%(name)s has shown it to the customer, at %(at)s.") % by,
            rules.DROPPED: _("%(name)s has dropped it, at %(at)s.") % by,
        }
        words = told.get(one.state) or _("%(name)s has noted the customer's answer, at %(at)s.") % by
        raise Conflict(words, _("Load the page again."))
    unchanged(one, version)


def _save(one: Solution, user: User, now: datetime) -> None:
    one.version += 1
    one.changed_by, one.changed_at = user, now
    one.save()


def _note(user: User, act: str, one: Solution, now: datetime, changes: dict[str, Any]) -> None:
    audit.record(user, act, now=now, kind="solution", key=str(one.pk), changes={"customer": one.party_id, **changes})
