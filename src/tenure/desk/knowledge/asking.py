"""Asking a customer the questionnaire: answers, the customer's word that the result is theirs, taking it lower."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control import audit
from tenure.desk.control.errors import Conflict, NotFound, Unacceptable
from tenure.desk.control.guards import check_external_id, must, one_of
from tenure.desk.knowledge import questionnaires, suitability
from tenure.desk.knowledge.models import Answers, AskedParty
from tenure.desk.knowledge.selectors import room_for
from tenure.desk.org.models import User
from tenure.desk.parties.selectors import customer as must_see
from tenure.desk.parties.visibility import sees


def give_answers(
    user: User,
    party_id: str,
    answers: Mapping[str, str],
    *,
    channel: str = "counter",
    edition: str = "",
    external_id: str | None = None,
    now: datetime,
) -> Answers:
    """Keep a customer's answers and the rating they give. It holds once the customer has confirmed it.

    Idempotent by ``external_id``. At most twice a day and eight times in twelve months, over all channels known; the
    customer's row is locked meanwhile, so that two who ask at once do not both come through.

    Raises:
        NotAllowed: no post of theirs deals with customers.
        NotFound: no such customer among those they see.
        Unacceptable: a company, a question unanswered, a choice there is not, an unknown channel.
        Conflict: the limits are reached, the questionnaire is a newer one by now, or the id has other content.
    """
    must(user)
    customer = must_see(user, party_id)
    party_id = customer.party_id
    asked = questionnaires.current()
    if customer.kind != "person":
        raise Unacceptable(_("The questionnaire is for people; a company has none."), field="party_id")
    one_of(channel, codes.ANSWER_CHANNELS, "channel")
    check_external_id(external_id)
    chosen = dict(answers)
    if known := _given_before(user, external_id, party_id, chosen):
        return known
    if edition and edition != asked.edition:
        raise Conflict(
            _("The questionnaire has changed since this page was opened."), _("Load it again and ask once more.")
        )
    try:
        score, rating = asked.result(chosen)
    except KeyError as missing:
        raise Unacceptable(
            _("Question %(question)s lacks an answer that it knows.") % {"question": missing.args[0]},
            _("Answer every question with one of its choices."),
            field="answers",
        ) from None
    today = timezone.localdate(now)
    try:
        with transaction.atomic():
            AskedParty.objects.get_or_create(party_id=party_id)
            AskedParty.objects.select_for_update().get(party_id=party_id)
            room = room_for(customer, today)
            if not room.may_ask and not _given_before(user, external_id, party_id, chosen):
                limits = asked.limits
                raise Conflict(
                    _("A customer is asked at most %(a_day)s times a day and %(a_year)s times in twelve months.")
                    % {"a_day": limits.a_day, "a_year": limits.a_year},
                    _("Every channel counts. Ask again when there is room."),
                )
            kept = Answers.objects.create(
                external_id=external_id,
                party_id=party_id,
                questionnaire=asked.name,
                edition=asked.edition,
                answers=chosen,
                score=score,
                rating=rating,
                channel=channel,
                taken_at=now,
                author=user,
                expires_on=suitability.months_later(today, asked.limits.valid_months),
            )
            _record(user, "answers.give", kept, now, rating=rating, channel=channel)
    except IntegrityError:  # the same message came twice at once, and the other was first
        known = _given_before(user, external_id, party_id, chosen)
        if known is None:
            raise
        return known
    return kept


def confirm_answers(user: User, answers_id: UUID, *, now: datetime) -> Answers:
    """Note that the customer read the result and says it is theirs; from then on it holds. Once is enough.

    Raises:
        NotAllowed, NotFound.
        Conflict: the customer has answered again since.
    """
    must(user)
    seen = _answers(user, answers_id)
    with transaction.atomic():
        kept = Answers.objects.select_for_update().get(pk=seen.pk)
        if kept.confirmed_at is not None:
            return kept
        if Answers.objects.filter(party_id=kept.party_id, taken_at__gt=kept.taken_at).exists():
            raise Conflict(_("The customer has answered again since."), _("Confirm the latest answers."))
        kept.confirmed_at, kept.version = now, kept.version + 1
        kept.save(update_fields=["confirmed_at", "version"])
        _record(user, "answers.confirm", kept, now, rating=kept.rating)
    return kept


def overrule_rating(user: User, answers_id: UUID, to: str, reason: str, *, version: int, now: datetime) -> Answers:
    """Take a confirmed rating lower than the answers gave, with a reason; never higher.

    Raises:
        NotAllowed, NotFound.
        Unacceptable: not lower, or no reason.
        Conflict: not confirmed yet, or somebody changed it first.
    """
    must(user)
    seen = _answers(user, answers_id)
    reason = reason.replace("\x00", "").strip()
    if not suitability.may_overrule(seen.rating, to):
        raise Unacceptable(
            _("A rating is taken lower than the answers gave, never higher."),
            _("Ask the questionnaire again where the customer's circumstances have changed."),
            field="to",
        )
    if not 4 <= len(reason) <= 500:
        raise Unacceptable(_("Say why, in 4 to 500 characters."), field="reason")
    with transaction.atomic():
        kept = Answers.objects.select_for_update().get(pk=seen.pk)
        if kept.version != version:
            by = kept.overruled_by or kept.author
            raise Conflict(_("%(name)s changed this rating first.") % {"name": by.name}, _("Look at it again."))
        if kept.confirmed_at is None:
            raise Conflict(_("The customer has not confirmed this rating yet."), _("Confirm it first."))
        if kept.overruled_to and not suitability.may_overrule(kept.overruled_to, to):
            raise Unacceptable(
                _("It was taken down to %(to)s already; only lower is possible.") % {"to": kept.overruled_to},
                field="to",
            )
        before = kept.overruled_to or kept.rating
        kept.overruled_to, kept.overruled_by, kept.overruled_at, kept.overrule_reason = to, user, now, reason
        kept.version += 1
        kept.save(update_fields=["overruled_to", "overruled_by", "overruled_at", "overrule_reason", "version"])
        audit.record(
            user,
            "answers.overrule",
            now=now,
            kind="customer",
            key=kept.party_id,
            changes={"answers": str(kept.pk), "from": before, "to": to},
            reason=reason,
        )
    return kept


def _answers(user: User, answers_id: UUID) -> Answers:
    found = Answers.objects.filter(pk=answers_id).first()
    if found is None or not sees(user, found.party_id):
        raise NotFound(_("There are no such answers of a customer of yours."))
    return found


def _given_before(user: User, external_id: str | None, party_id: str, answers: dict[str, str]) -> Answers | None:
    if external_id is None:
        return None
    known = Answers.objects.filter(external_id=external_id).first()
    if known is None:
        return None
    if known.author_id != user.pk or known.party_id != party_id or known.answers != answers:
        raise Conflict(_("The external id %(id)s belongs to other answers.") % {"id": external_id})
    return known


def _record(user: User, act: str, kept: Answers, now: datetime, **more: str) -> None:
    changes = {"answers": str(kept.pk), "edition": kept.edition, **more}
    audit.record(user, act, now=now, kind="customer", key=kept.party_id, changes=changes)
