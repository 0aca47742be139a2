"""The front line's week: what customers said, thanks first, and how the branch dealt with who was unhappy (S22)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from tenure.contracts import PUBLISHED
from tenure.desk.control.masking import masked
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, prefix_range
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.models import Timeline
from tenure.desk.parties.visibility import naming, of_visible, visible_to
from tenure.desk.voice.cases import rules
from tenure.desk.voice.cases.reading import cases_of
from tenure.desk.voice.surveys.models import Response

#: Words shown of each kind.
MOST = 12
#: Answers looked at, the newest; a branch has fewer in a week, the whole bank shows “1,000+”.
LOOKED_AT = 5000
THANKS = 9
_WORDS = PUBLISHED["timeline"]["words"]


@dataclass(frozen=True, slots=True)
class Said:
    """What one customer said; whose words they are is not told: the week is about what we do."""

    at: date
    score: int
    words: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A week, Monday to Sunday."""

    monday: date
    thanks: list[Said]
    unhappy: list[Said]
    answers: int
    opened: int
    reached: int
    in_time: int
    closed: int
    causes: list[tuple[str, int]]

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)


def week_of(user: User, monday: date) -> Digest:
    """The week that begins on ``monday`` for the customers and branches ``user`` sees."""
    begin = timezone.make_aware(datetime.combine(monday, time.min))
    end = timezone.make_aware(datetime.combine(monday + timedelta(days=7), time.min))
    answers = _answers(user, begin, end)
    told = [one for one in answers if one.words]
    rows = cases_of(user)
    opened = list(rows.filter(opened_at__gte=begin, opened_at__lt=end).values_list("opened_at", "acknowledged_at"))
    closed = rows.filter(state=rules.CLOSED, closed_at__gte=begin, closed_at__lt=end)
    reached = [at - since for since, at in opened if at is not None]
    return Digest(
        monday=monday,
        thanks=[one for one in told if one.score >= THANKS][:MOST],
        unhappy=[one for one in told if one.score <= rules.DETRACTOR][:MOST],
        answers=len(answers),
        opened=len(opened),
        reached=len(reached),
        in_time=sum(1 for took in reached if took <= timedelta(hours=24)),
        closed=closed.count(),
        causes=Counter(closed.values_list("cause", flat=True)).most_common(),
    )


def _answers(user: User, begin: datetime, end: datetime) -> list[Said]:
    """Answers of the week, the newest first: those of the desk, and those the bank's own surveys brought."""
    reach = reach_of(user)
    if not reach.may(Permission.VIEW_CUSTOMERS):
        return []
    theirs = naming(visible_to(user)) & ~Q(party_id="")
    for path in reach.paths:  # nobody knows whose an anonymous answer is, but of which branch
        low, high = prefix_range(path)
        theirs |= Q(party_id="", org_path__gte=low, org_path__lt=high)
    first, last = timezone.localdate(begin), timezone.localdate(end)
    fresh = Response.objects.filter(
        theirs, state="complete", score__isnull=False, answered_on__gte=first, answered_on__lt=last
    ).order_by("-answered_on", "pk")
    # The lake knows the desk's answers too, from the night after on: the same answer is not told twice.
    known = {
        f"survey:{pk}": Said(on, score, words)
        for pk, on, score, words in fresh.values_list("pk", "answered_on", "score", "words")[:LOOKED_AT]
    }
    published = of_visible(Timeline, user).filter(kind="survey", score__isnull=False, at__gte=begin, at__lt=end)
    published = published.order_by("-at", "event_id")
    for event_id, at, score, words in published.values_list("event_id", "at", "score", "words")[:LOOKED_AT]:
        known.setdefault(event_id.replace("survey:desk-", "survey:"), Said(timezone.localdate(at), score, words or ""))
    found = sorted(known.values(), key=lambda one: one.at, reverse=True)
    return [Said(one.at, one.score, _masked(one.words, reach)) for one in found]


def _masked(words: str, reach: Any) -> str:
    return masked(words, _WORDS, reach) or "" if words else ""
