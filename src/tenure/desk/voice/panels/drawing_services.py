"""Drawing whom a panel invites. Nobody chooses: the order is an HMAC under the panel's own key, made once and kept.

The first draw lists everybody who could be asked (agreeing, eligible, rested, reachable) in that order and invites
from its beginning; a later one invites who stands next. Who is never reached in the order is the control.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tenure.desk.control import consents
from tenure.desk.control.errors import Conflict
from tenure.desk.control.guards import unchanged
from tenure.desk.org.models import Organisation, User
from tenure.desk.org.selectors import below
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import standing
from tenure.desk.publication.current import pinned
from tenure.desk.voice.panels import rules
from tenure.desk.voice.panels import settings as house
from tenure.desk.voice.panels.locking import locked, note, save
from tenure.desk.voice.panels.models import Member, Panel
from tenure.desk.voice.panels.reading import KIND
from tenure.desk.voice.panels.standing import waiting_for_answers
from tenure.desk.voice.surveys import rules as asking
from tenure.desk.voice.surveys.drawing import decide
from tenure.desk.voice.surveys.models import Survey
from tenure.desk.voice.surveys.people import people_asked
from tenure.desk.voice.surveys.settings import settings_of as settings_of_surveys

_SALT = "tenure.desk.voice.panels.draw"
#: Customers looked at together, and rows written together.
_PIECE = 1_000


def draw(user: User, panel_id: UUID, *, version: int, now: datetime) -> Panel:
    """Invite as many more as it takes for so many as are wanted to take part; the first draw opens the panel.

    Raises:
        NotAllowed, NotFound: see ``services.edit``.
        Conflict: somebody was first, it is not approved, enough are asked, or nobody is left who may be invited.
    """
    with transaction.atomic():
        one = locked(user, panel_id, "draw", None)
        if one.version == version + 1 and one.changed_by_id == user.pk and one.rounds:
            return one  # the same click again
        unchanged(one, version)
        if timezone.localdate(now) > one.ends_on:
            raise Conflict(_("Its last day has passed."), _("Close it, or plan another."))
        if one.drawn_at is None:
            _list(one, now)
        invited = _invite(one, now)
        save(one, user, now)
        note(user, "draw", one, now, round=one.rounds, eligible=one.eligible, listed=one.listed, invited=invited)
    return one


def draw_key(panel_id: UUID) -> bytes:
    """The panel's own key, of the installation's secret: known to no page, no file and nobody of staff."""
    return salted_hmac(_SALT, str(panel_id), algorithm="sha256").digest()


def _list(one: Panel, now: datetime) -> None:
    """List everybody who could be asked, in the order that is drawn now."""
    if pinned() is None:
        raise Conflict(_("Nothing is published yet, so no customer is known."), _("Run the night first."))
    # One draws at a time, for surveys and panels alike: the waits between two askings hold across them.
    list(Survey.objects.select_for_update().filter(state=asking.LIVE).order_by("pk"))
    key, found = draw_key(one.pk), list(_candidates(one, now))
    listed = rules.in_order(key, rules.at_random(key, found, rules.MOST_LISTED))
    if not rules.may_be_invited(len(listed), one.held_out_percent):
        raise Conflict(
            _("%(n)s customers are eligible, agree and may be asked now: too few to draw from.") % {"n": len(found)},
            _("Drop it and plan one for more customers, or wait until those asked lately may be asked again."),
        )
    one.state, one.drawn_at, one.eligible, one.listed = rules.OPEN, now, len(found), len(listed)
    one.rounds = 1  # what is open was drawn: the constraint says so
    one.save()
    one.rounds = 0
    Member.objects.bulk_create(
        [
            Member(
                panel=one, party_id=each.party_id, org_path=each.org_path, tier=each.tier, place=place,
                channel=each.channel, listed_at=now, state=rules.HELD_OUT, changed_at=now,
            )
            for place, each in enumerate(listed, start=1)
        ],
        batch_size=_PIECE,
    )  # fmt: skip


def _invite(one: Panel, now: datetime) -> int:
    """Invite who stands next in the order; how many."""
    told = house.in_use()
    accepted = one.members.filter(state=rules.ACCEPTED).count()
    waiting = waiting_for_answers(one).count()
    more = rules.to_invite(one.wanted, accepted, waiting, told.expected_percent)
    if not more:
        raise Conflict(
            _("%(accepted)s take part and %(waiting)s have not answered yet: enough are asked.")
            % {"accepted": accepted, "waiting": waiting},
            _("Wait for their answers."),
        )
    most = rules.may_be_invited(one.listed or 0, one.held_out_percent)
    left = one.members.filter(round=None, place__lte=most).order_by("place")
    chosen = list(left.values_list("pk", flat=True)[:more])
    if not chosen:
        raise Conflict(
            _("Nobody is left who may be invited: the others are the control."), _("Go on with those who take part.")
        )
    one.rounds += 1
    expires = now + timedelta(days=told.valid_days)
    for first in range(0, len(chosen), _PIECE):
        Member.objects.filter(pk__in=chosen[first : first + _PIECE]).update(
            state=rules.WAITING, round=one.rounds, invited_at=now, expires_at=expires, changed_at=now
        )
    return len(chosen)


def _candidates(one: Panel, now: datetime) -> Iterator[rules.Candidate]:
    """Customers who are eligible, agree, are rested and reachable, in no order that matters."""
    waits = settings_of_surveys(Path(settings.HOME)).waits
    rows = _eligible(one, timezone.localdate(now)).filter(consents.agrees("experience")).order_by("party_id")
    for piece in _pieces(rows.values_list("party_id", "org_path", "tier").iterator(_PIECE)):
        known = people_asked({party_id for party_id, _path, _tier in piece}, now)
        for party_id, path, tier in piece:
            person = known[party_id]
            decision = decide(
                kind=KIND, survey=str(one.pk), channels=one.channels, wait_days=None, waits=waits,
                consents=person.consents, reached_by=person.reached_by, history=person.history, is_drawn=True,
                left=None, now=now,
            )  # fmt: skip
            if decision.outcome == asking.DRAWN:
                yield rules.Candidate(party_id, path, tier or "", decision.channel)


def _eligible(one: Panel, today: date) -> QuerySet[Any]:
    """The customers a panel is for, whether they may be asked or not."""
    rows = standing(Customer.rows()).filter(below([one.org_path]), left_on=None)
    if one.branches:
        chosen = Organisation.rows().filter(org_id__in=one.branches).values_list("org_path", flat=True)
        rows = rows.filter(below(chosen))
    if one.tiers:
        rows = rows.filter(tier__in=one.tiers)
    if one.kinds:
        rows = rows.filter(kind__in=one.kinds)
    if one.months:
        year, month = divmod(today.year * 12 + today.month - 1 - one.months, 12)
        # the 29th of a month counts as its last day where that month has none
        day = min(today.day, 28)
        rows = rows.filter(since__lte=date(year, month + 1, day))
    return rows


def _pieces(rows: Iterator[tuple[str, str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    piece: list[tuple[str, str, str]] = []
    for row in rows:
        piece.append(row)
        if len(piece) >= _PIECE:
            yield piece
            piece = []
    if piece:
        yield piece
