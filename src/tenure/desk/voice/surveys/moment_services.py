"""Taking moments of truth and drawing whom to ask, in one transaction.

Three things keep it right whatever comes at once. Rows go in with ``ON CONFLICT DO NOTHING`` under the request's own
mark, so what carries the mark is new and is drawn by this request alone. Whoever draws holds the live surveys' rows:
one draws at a time, so that no quota is passed and nobody is asked twice by two requests. And of a survey an occasion
has one decision, which the database holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tenure.desk.control.errors import Conflict, Unacceptable
from tenure.desk.control.guards import must
from tenure.desk.control.refusals import in_words
from tenure.desk.control.rows import Refusal
from tenure.desk.org.models import Organisation, User
from tenure.desk.org.rules import Permission
from tenure.desk.parties.models import Customer
from tenure.desk.parties.visibility import standing_of
from tenure.desk.publication.current import pinned
from tenure.desk.voice.surveys import listeners, rules
from tenure.desk.voice.surveys.drawing import Asked, Waits, decide, drawn
from tenure.desk.voice.surveys.models import Invitation, Occasion, Survey, SurveyVersion
from tenure.desk.voice.surveys.people import Person, people_asked
from tenure.desk.voice.surveys.reading import MOST_ROWS, Incoming, read
from tenure.desk.voice.surveys.settings import settings_of

_SALT = "tenure.desk.voice.surveys.draw"


@dataclass(frozen=True, slots=True)
class TakenMoments:
    """What became of a delivery: taken, known before, refused (with why); and how many customers will be asked."""

    taken: int
    known: int
    asked: int
    refused: list[Refusal] = field(default_factory=list)


def take_moments(user: User, rows: Sequence[Any], *, now: datetime) -> TakenMoments:
    """Take moments as the bank's systems send them and draw at once whom to ask, all in one transaction.

    A bad row is refused and the others are taken. An id sent before changes nothing: the same content counts as known,
    other content is refused. Who sent a moment, when and in which request stands on it.

    Raises:
        NotAllowed: none of their posts sends events.
        Unacceptable: no row, or more than 1,000.
        Conflict: nothing was published yet, so no customer is known.
    """
    must(user, Permission.SEND_EVENTS)
    if not 0 < len(rows) <= MOST_ROWS:
        raise Unacceptable(_("Send between 1 and %(most)s moments at once.") % {"most": MOST_ROWS}, field="moments")
    if pinned() is None:
        raise Conflict(_("Nothing is published yet, so no customer is known."), _("Run the night first."))
    good: dict[str, Incoming] = {}
    refused: list[Refusal] = []
    repeated = 0
    for index, row in enumerate(rows):
        one = read(row, index, now)
        if isinstance(one, Refusal):
            refused.append(in_words(one))
        elif (before := good.get(one.event_id)) is None:
            good[one.event_id] = one
        elif _told(before) == _told(one):
            repeated += 1
        else:
            refused.append(_differs(one))
    with transaction.atomic():
        sent, strange = place(good.values())
        new, differing = store(sent, user, now)
        asked = draw(new, now=now)
    refused += [*strange, *differing]
    refused.sort(key=lambda one: one.index)
    known = len(sent) - len(new) - len(differing) + repeated
    return TakenMoments(len(new), known, asked, refused)


def draw(occasions: Iterable[Occasion], *, now: datetime, only: UUID | None = None) -> int:
    """Decide every occasion for every live survey of its moment, or ``only`` for one of them: each gets its row, and
    whoever is drawn is asked.

    Again: an occasion that was decided for a survey stays so. Part of a service or of the night; in a transaction.

    Returns:
        How many customers are to be asked.
    """
    todo = sorted(occasions, key=lambda one: (one.at, one.event_id))
    if not todo:
        return 0
    with transaction.atomic():
        # One draws at a time, for all surveys: the waits between two surveys hold across them.
        live = list(Survey.objects.select_for_update().filter(state=rules.LIVE).order_by("pk"))
        moments = {one.moment for one in todo}
        versions = [(one, _in_force(one)) for one in live if one.moment in moments]
        known = people_asked({one.party_id for one in todo}, now)
        done = set(
            Invitation.objects.filter(occasion__in=[one.pk for one in todo]).values_list("survey_id", "occasion_id")
        )
        waits = settings_of(Path(settings.HOME)).waits
        made: list[Invitation] = []
        for survey, version in versions:
            if version is None or only not in (None, survey.pk):
                continue
            quota = _Quota(survey, version, now)
            for occasion in todo:
                if occasion.moment == survey.moment and (survey.pk, occasion.pk) not in done:
                    made.append(_decided(survey, version, occasion, known, quota, waits, now))
        Invitation.objects.bulk_create(made)
        asked = [one.pk for one in made if one.outcome == rules.DRAWN]
        listeners.tell_drawn(asked, now)
    return len(asked)


def draw_key(survey_id: UUID) -> bytes:
    """The survey's own key, of the installation's secret: known to no page, no file and nobody of staff."""
    return salted_hmac(_SALT, str(survey_id), algorithm="sha256").digest()


def _told(one: Any) -> tuple[Any, ...]:
    return (one.moment, one.at, one.party_id, one.org_id, one.staff_id, one.reference)


def _differs(one: Incoming) -> Refusal:
    return Refusal(one.index, one.event_id, "event_id", _("a new id: this one came before with other content"))


@dataclass(frozen=True, slots=True)
class Placed:
    """A moment of a customer there is, at a branch there is."""

    sent: Incoming
    party_id: str
    org_path: str


def place(sent: Iterable[Incoming]) -> tuple[list[Placed], list[Refusal]]:
    """Whom and where the moments concern; a merged entry's are the customer's, and no branch means the customer's."""
    rows = list(sent)
    stands = standing_of(one.party_id for one in rows)
    numbers = {stands.get(one.party_id, one.party_id) for one in rows}
    homes = dict(Customer.rows().filter(party_id__in=numbers).values_list("party_id", "org_path"))
    wanted = {one.org_id for one in rows if one.org_id}
    paths = dict(Organisation.rows().filter(org_id__in=wanted).values_list("org_id", "org_path"))
    found, refused = [], []
    for one in rows:
        party = stands.get(one.party_id, one.party_id)
        if party not in homes:
            refused.append(Refusal(one.index, one.event_id, "party_id", _("a customer who is published")))
        elif one.org_id and one.org_id not in paths:
            refused.append(Refusal(one.index, one.event_id, "org_id", _("a branch that is published")))
        else:
            found.append(Placed(one, party, paths[one.org_id] if one.org_id else homes[party]))
    return found, refused


def store(placed: Sequence[Placed], user: User | None, now: datetime) -> tuple[list[Occasion], list[Refusal]]:
    """Store what is new (each id once): the new occasions, and ids that came before with other content.

    Part of a service or of the night, which sends without a user; in a transaction.
    """
    mark = uuid4()
    Occasion.objects.bulk_create(
        [
            Occasion(
                event_id=one.sent.event_id,
                moment=one.sent.moment,
                party_id=one.party_id,
                org_path=one.org_path,
                staff_id=one.sent.staff_id,
                at=one.sent.at,
                reference=one.sent.reference,
                received_at=now,
                sent_by=user,
                delivery=mark,
            )
            for one in sorted(
                placed, key=lambda one: one.sent.event_id
            )  # everybody in one order: nobody waits in a circle
        ],
        ignore_conflicts=True,
    )
    by_id = {one.sent.event_id: one for one in placed}
    stored = list(Occasion.objects.filter(event_id__in=list(by_id)))
    new = [one for one in stored if one.delivery == mark]
    differing = [
        _differs(by_id[one.event_id].sent)
        for one in stored
        if one.delivery != mark and not _same(one, by_id[one.event_id])
    ]
    return new, differing


def _same(stored: Occasion, placed: Placed) -> bool:
    """Whether a stored occasion says what was sent; whom and where may stand otherwise since (merges, moves)."""
    sent = placed.sent
    told = (stored.moment, stored.at, stored.staff_id, stored.reference)
    same = told == (sent.moment, sent.at, sent.staff_id, sent.reference)
    return same and stored.party_id in (sent.party_id, placed.party_id)


class _Quota:
    """How many of a survey may still be asked at each branch this month."""

    def __init__(self, survey: Survey, version: SurveyVersion, now: datetime) -> None:
        self._most = version.quota
        first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        asked = Invitation.objects.filter(survey=survey, outcome=rules.DRAWN, drawn_at__gte=first)
        self._asked = Counter(asked.values_list("org_path", flat=True)) if self._most is not None else Counter()

    def left(self, org_path: str) -> int | None:
        """How many; None: no end."""
        return None if self._most is None else self._most - self._asked[org_path]

    def take(self, org_path: str) -> None:
        """One more was asked."""
        self._asked[org_path] += 1


def _decided(
    survey: Survey,
    version: SurveyVersion,
    occasion: Occasion,
    people: Mapping[str, Person],
    quota: _Quota,
    waits: Waits,
    now: datetime,
) -> Invitation:
    person = people[occasion.party_id]
    decision = decide(
        kind=survey.kind,
        survey=str(survey.pk),
        channels=version.channels,
        wait_days=version.wait_days,
        waits=waits,
        consents=person.consents,
        reached_by=person.reached_by,
        history=person.history,
        is_drawn=drawn(draw_key(survey.pk), occasion.event_id, version.share),
        left=quota.left(occasion.org_path),
        now=now,
    )
    asked = decision.outcome == rules.DRAWN
    if asked:
        quota.take(occasion.org_path)
        person.history.append(Asked(now, survey.kind, decision.channel, str(survey.pk)))
    return Invitation(
        survey=survey,
        version=version,
        occasion=occasion,
        party_id=occasion.party_id,
        org_path=occasion.org_path,
        drawn_at=now,
        outcome=decision.outcome,
        channel=decision.channel,
        expires_at=now + timedelta(days=version.valid_days) if asked else None,
        state=rules.WAITING if asked else "",
    )


def _in_force(survey: Survey) -> SurveyVersion | None:
    return survey.versions.order_by("-number").first()
