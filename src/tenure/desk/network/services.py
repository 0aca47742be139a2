"""Every change to an introduction: ask, name, contact, convert, end, thank.

Each service checks the right (403), finds the introduction among those of introducers the person may see (404), locks
it, changes it and writes the audit line in one transaction. A change names the version it was made from: when
somebody else was first, it is refused with their name (409). The same click again changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import at_most, check_external_id, must, one_of, sent_before, unchanged, who_changed
from tenure.desk.kit import formats, wording
from tenure.desk.network import rules, selectors
from tenure.desk.network.models import Introduction
from tenure.desk.opportunities.models import Opportunity
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import number_of


def ask(
    user: User,
    introducer_id: str,
    about: str = "",
    target_id: str = "",
    words: str = "",
    *,
    now: datetime,
    external_id: str | None = None,
) -> Introduction:
    """Note that a customer was asked to introduce somebody: one known to the bank, or anyone ``about`` describes.

    Idempotent by ``external_id``.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such introducer, or target, among those they see.
        Unacceptable: nobody is named or described, or the introducer is not to be asked (consent, complaint).
        Conflict: they were asked too lately, wait to be thanked, or a request is open.
    """
    must(user)
    introducer = must_see(user, introducer_id)
    content = {
        "introducer_id": introducer.party_id,
        "about": at_most(about, rules.ABOUT_LENGTH, "about"),
        "target_id": must_see(user, target_id).party_id if target_id else "",
        "words": at_most(words, rules.WORDS_LENGTH, "words"),
    }
    check_external_id(external_id)
    known = _sent_before(user, external_id, content)
    if known is not None:
        return known
    _somebody_else(introducer.party_id, content["target_id"], "target_id")
    if not (content["about"] or content["target_id"]):
        raise Unacceptable(
            _("Say whom one would like to meet."), _("Name a customer, or describe them: anyone who …"), field="about"
        )
    today = timezone.localdate(now)
    try:
        _may_be_asked(user, introducer, today)
        with transaction.atomic():
            made = Introduction.objects.create(
                **content,
                external_id=external_id,
                org_path=introducer.org_path,
                state=rules.ASKED,
                owner=user.staff_id,
                asked_on=today,
                made_by=user,
                made_at=now,
                changed_by=user,
                changed_at=now,
            )
            _note(user, "introduction.ask", made, now, {"target": made.target_id})
    except (Conflict, IntegrityError) as no:  # the same message came twice at once, or a colleague asked this moment
        known = _sent_before(user, external_id, content)
        if known is None and isinstance(no, Conflict):
            raise
        if known is None:
            raise Conflict(selectors.hindrance_words("waiting"), _("Load the page again.")) from None
        return known
    return made


def note_unasked(
    user: User,
    introducer_id: str,
    name: str = "",
    phone: str = "",
    party_id: str = "",
    words: str = "",
    *,
    may_call: bool,
    now: datetime,
    external_id: str | None = None,
) -> Introduction:
    """Note whom a customer named of their own accord; no rhythm holds for what nobody asked for.

    Raises:
        NotAllowed, NotFound: see :func:`ask`.
        Unacceptable: nobody is named, or they did not agree to be called.
        Conflict: the ``external_id`` is taken by other content.
    """
    must(user)
    introducer = must_see(user, introducer_id)
    content = {
        "introducer_id": introducer.party_id,
        **_named(user, introducer.party_id, name, phone, party_id, may_call),
        "words": at_most(words, rules.WORDS_LENGTH, "words"),
    }
    check_external_id(external_id)
    known = _sent_before(user, external_id, content)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            made = Introduction.objects.create(
                **content,
                external_id=external_id,
                org_path=introducer.org_path,
                state=rules.GIVEN,
                owner=user.staff_id,
                given_on=timezone.localdate(now),
                made_by=user,
                made_at=now,
                changed_by=user,
                changed_at=now,
            )
            _note(user, "introduction.name", made, now, {"asked": False, "named": made.given_id})
    except IntegrityError:
        known = _sent_before(user, external_id, content)
        if known is None:
            raise
        return known
    return made


def note_named(
    user: User,
    introduction_id: UUID,
    name: str = "",
    phone: str = "",
    party_id: str = "",
    *,
    may_call: bool,
    version: int,
    now: datetime,
) -> Introduction:
    """Note whom the customer named: a new name and phone, or one the bank knows. They know of it and may be called.

    Raises:
        NotAllowed, NotFound: see :func:`ask`.
        Unacceptable: nobody is named, or they did not agree to be called.
        Conflict: it is past that, or somebody changed it after ``version``.
    """
    with transaction.atomic():
        one = _locked(user, introduction_id)
        told = _named(user, one.introducer_id, name, phone, party_id, may_call)
        if _again(one, user, rules.GIVEN, version):
            return one
        _must_be(one, version, rules.ASKED)
        for field, value in told.items():
            setattr(one, field, value)
        one.state, one.given_on, one.owner = rules.GIVEN, timezone.localdate(now), one.owner or user.staff_id
        _save(one, user, now)
        _note(user, "introduction.name", one, now, {"asked": True, "named": one.given_id})
    return one


def contacted(user: User, introduction_id: UUID, *, version: int, now: datetime) -> Introduction:
    """Note that the one named was reached.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`note_named`.
    """
    with transaction.atomic():
        one = _locked(user, introduction_id)
        if _again(one, user, rules.CONTACTED, version):
            return one
        _must_be(one, version, rules.GIVEN)
        one.state, one.contacted_on = rules.CONTACTED, timezone.localdate(now)
        _save(one, user, now)
        _note(user, "introduction.contact", one, now, {})
    return one


def convert(
    user: User,
    introduction_id: UUID,
    party_id: str,
    opportunity_id: UUID | None = None,
    *,
    version: int,
    now: datetime,
) -> Introduction:
    """Note that the one named became a customer, or, a customer before, that business came of it.

    With an opportunity, credit for it is shared where credit is shared, on that opportunity. The phone that was noted
    is dropped: the customer's record has it now.

    Raises:
        NotAllowed, NotFound: see :func:`ask`; also where the new customer is none of theirs yet.
        Unacceptable: the customer is the introducer, or the opportunity is another customer's; or they were a customer
            before anybody was asked or named, and no business is named that came of it.
        Conflict: nobody was named yet or it is over; the customer or opportunity came through another introduction.
    """
    with transaction.atomic():
        one = _locked(user, introduction_id)
        customer = must_see(user, party_id)
        if _again(one, user, rules.CONVERTED, version):
            return one
        _must_be(one, version, rules.GIVEN, rules.CONTACTED)
        _somebody_else(number_of(user, one.introducer_id) or "", customer.party_id, "party_id")
        business = Opportunity.objects.filter(pk=opportunity_id).first() if opportunity_id else None
        if opportunity_id and (business is None or number_of(user, business.party_id) != customer.party_id):
            raise Unacceptable(_("This opportunity is not with the customer."), field="opportunity_id")
        began = one.asked_on or one.given_on
        if business is None and customer.since is not None and began is not None and customer.since < began:
            raise Unacceptable(
                _("They were a customer before: say which opportunity came of the introduction."),
                _("Open the opportunity first if there is none yet."),
                field="opportunity_id",
            )
        one.converted_id, one.opportunity, one.given_phone = customer.party_id, business, ""
        one.state, one.closed_on = rules.CONVERTED, timezone.localdate(now)
        try:
            with transaction.atomic():
                _save(one, user, now)
        except IntegrityError:
            raise Conflict(
                _("This customer, or this opportunity, came through another introduction."),
                _("Choose the opportunity that came of this one."),
            ) from None
        changes = {"became": one.converted_id, "opportunity": str(business.pk) if business else ""}
        _note(user, "introduction.convert", one, now, changes)
    return one


def end(user: User, introduction_id: UUID, reason: str, *, version: int, now: datetime) -> Introduction:
    """Note that nothing came of it, for one of ``codes.INTRODUCTION_REASONS``; name and phone are erased.

    Raises:
        NotAllowed, NotFound, Conflict: see :func:`note_named`.
        Unacceptable: no such reason.
    """
    with transaction.atomic():
        one = _locked(user, introduction_id)
        one_of(reason, codes.INTRODUCTION_REASONS, "reason")
        after = rules.DECLINED if one.state == rules.ASKED else rules.ENDED
        if _again(one, user, one.state, version) and one.state in (rules.DECLINED, rules.ENDED):
            return one
        _must_be(one, version, *rules.UNDER_WAY)
        one.state, one.reason, one.closed_on = after, reason, timezone.localdate(now)
        one.given_name, one.given_phone = "", ""
        _save(one, user, now)
        _note(user, "introduction.end", one, now, {"state": after, "reason": reason})
    return one


def thank(user: User, introduction_id: UUID, how: str, *, version: int, now: datetime) -> Introduction:
    """Note that the introducer was thanked, in one of ``codes.THANKS``.

    Raises:
        NotAllowed, NotFound: see :func:`ask`.
        Unacceptable: no such way.
        Conflict: nobody was named, they were thanked already, or somebody changed it after ``version``.
    """
    with transaction.atomic():
        one = _locked(user, introduction_id)
        one_of(how, codes.THANKS, "how")
        if one.thanked_how == how and one.changed_by_id == user.pk and one.version == version + 1:
            return one
        if one.given_on is None:
            raise Conflict(_("Nobody was named yet: there is nothing to say thank you for."))
        if one.thanked_on is not None:
            raise Conflict(_("%(name)s noted the thanks already.") % {"name": one.changed_by.name})
        unchanged(one, version)
        one.thanked_on, one.thanked_how = timezone.localdate(now), how
        _save(one, user, now)
        _note(user, "introduction.thank", one, now, {"how": how})
    return one


def _may_be_asked(user: User, introducer: Any, today: date) -> None:
    code, again_on = selectors.hindrances(user, [introducer], today)[introducer.party_id]
    if not code:
        return
    words = selectors.hindrance_words(code)
    if code in ("refused", "complaint"):
        raise Unacceptable(words, field="introducer_id")
    remedy = ""
    if code == "rhythm" and again_on is not None:
        remedy = _("From %(day)s on they may be asked again.") % {"day": formats.day(again_on, get_language() or "en")}
    raise Conflict(words, remedy)


def _named(user: User, introducer_id: str, name: str, phone: str, party_id: str, may_call: bool) -> dict[str, Any]:
    """Whom they named, checked: a customer one sees, or a name."""
    given_id = must_see(user, party_id).party_id if party_id else ""
    name = at_most(name, rules.NAME_LENGTH, "name")
    phone = at_most(phone, rules.PHONE_LENGTH, "phone")
    if not (name or given_id):
        raise Unacceptable(_("Say whom they named."), field="name")
    if phone and sum(one.isdigit() for one in phone) < 5:
        raise Unacceptable(_("This is no telephone number."), field="phone")
    if not may_call:
        raise Unacceptable(
            _("A name is noted only if its bearer knows of it and agreed to be called."),
            _("Ask the introducer to ask them first."),
            field="may_call",
        )
    _somebody_else(number_of(user, introducer_id) or introducer_id, given_id, "party_id")
    return {
        "given_name": "" if given_id else name,
        "given_phone": "" if given_id else phone,
        "given_id": given_id,
        "may_call": True,
    }


def _somebody_else(introducer_id: str, other_id: str, field: str) -> None:
    if introducer_id == other_id:
        raise Unacceptable(_("Nobody introduces themselves."), field=field)


def _sent_before(user: User, external_id: str | None, content: dict[str, Any]) -> Introduction | None:
    lasting = ("introducer_id", "about", "target_id")
    return sent_before(Introduction, external_id, content, user, "made_by", lasting)


def _locked(user: User, introduction_id: UUID) -> Introduction:
    must(user)
    one = Introduction.objects.select_for_update().filter(pk=introduction_id).first()
    if one is None or number_of(user, one.introducer_id) is None:
        raise NotFound(_("There is no such introduction by one of your customers."))
    return one


def _again(one: Introduction, user: User, state: str, version: int) -> bool:
    """Whether this is the same click again."""
    return one.state == state and one.changed_by_id == user.pk and one.version == version + 1


def _must_be(one: Introduction, version: int, *states: str) -> None:
    if one.state not in states:
        state = wording.code_name(one.state, "introduction", get_language() or "en")
        raise Conflict(
            _("%(name)s changed this at %(at)s: it stands at “%(state)s” now.") % {**who_changed(one), "state": state},
            _("Load the page again."),
        )
    unchanged(one, version)


def _save(one: Introduction, user: User, now: datetime) -> None:
    one.version += 1
    one.changed_by, one.changed_at = user, now
    one.save()


def _note(user: User, act: str, one: Introduction, now: datetime, changes: dict[str, Any]) -> None:
    """The line in the trail: numbers and codes, never names, phones or words."""
    told = {"introducer": one.introducer_id, **changes}
    audit.record(user, act, now=now, kind="introduction", key=str(one.pk), changes=told)
