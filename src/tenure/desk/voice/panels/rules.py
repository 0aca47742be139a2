"""In which order customers are invited to a panel, how many, and what may be done when. Pure: no database, no clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tenure.contracts import codes
from tenure.desk.voice.lots import WHOLE, lot

PLANNED, APPROVED, OPEN, CLOSED, DROPPED = codes.PANEL_STATES
ENDED = frozenset({CLOSED, DROPPED})
HELD_OUT, WAITING, SENT, OPENED, ACCEPTED, DECLINED, EXPIRED, BOUNCED, WITHDRAWN = codes.PANEL_MEMBER_STATES
#: In these states an invitation may still be answered by its link.
ASKED = (WAITING, SENT, OPENED, BOUNCED)
#: Staff may note an answer longer: whoever let the link run out may say yes on the phone.
MAY_ANSWER = (*ASKED, EXPIRED)
ATTENDED, ABSENT = codes.PANEL_ATTENDANCE
TAKEN_UP, NOT_TAKEN_UP = codes.PANEL_OUTCOMES
#: From which states each act may be done.
ACTS: dict[str, frozenset[str]] = {
    "edit": frozenset({PLANNED}),
    "ask": frozenset({PLANNED}),
    "draw": frozenset({APPROVED, OPEN}),
    "hand-over": frozenset({PLANNED, APPROVED, OPEN}),
    "session": frozenset({OPEN}),
    "decide": frozenset({OPEN}),
    "tell": frozenset({OPEN}),
    "close": frozenset({OPEN}),
    "drop": frozenset({PLANNED, APPROVED}),
}
TITLE, PURPOSE, WORDS, PLACE = 120, 500, 2000, 200
MOST_WANTED, MOST_MONTHS, MOST_SESSIONS = 500, 600, 60
#: Everybody eligible is listed up to so many, a random part of them where there are more.
MOST_LISTED = 20_000
SORTS = ("newest", "starts", "title", "missing")


@dataclass(frozen=True, slots=True)
class Settings:
    """The bank's settings, see ``settings.settings_of``."""

    expected_percent: int = 40
    held_out_percent: int = 30
    valid_days: int = 10
    feedback_days: int = 14


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer who may be invited: eligible, agreeing, rested and reachable by ``channel``."""

    party_id: str
    org_path: str
    tier: str
    channel: str = ""


def _even(key: bytes, what: str) -> float:
    """The lot of ``what`` as a number in [0, 1)."""
    return (lot(key, what) >> 11) / (WHOLE >> 11)


def in_order(key: bytes, people: Iterable[Candidate]) -> list[Candidate]:
    """The order in which customers are invited, by lot within branch and tier.

    Within a branch and tier of n customers, whoever has the r-th lot (from 0) stands at ``(r + u) / n`` with u a lot
    of the branch and tier. So each customer's place is even over [0, 1) and everybody has the same chance; and whoever
    stands before any c is, of every branch and tier, within one of its share c of them. Reserves are simply who
    stands next: the order is drawn once.
    """
    strata: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for one in people:
        strata[one.org_path, one.tier].append(one)
    placed: list[tuple[float, float, Candidate]] = []
    for (path, tier), members in strata.items():
        begins = _even(key, f"stratum:{path}:{tier}")
        drawn = sorted((_even(key, f"customer:{one.party_id}"), one.party_id, one) for one in members)
        placed += [((rank + begins) / len(drawn), own, one) for rank, (own, _id, one) in enumerate(drawn)]
    return [one for _at, _own, one in sorted(placed, key=lambda each: (each[0], each[1], each[2].party_id))]


def at_random(key: bytes, people: Sequence[Candidate], most: int) -> list[Candidate]:
    """``people``, or where they are more than ``most`` a random part of so many."""
    if len(people) <= most:
        return list(people)
    return sorted(people, key=lambda one: (_even(key, f"listed:{one.party_id}"), one.party_id))[:most]


def may_be_invited(listed: int, held_out_percent: int) -> int:
    """How many of those listed may ever be invited: the others stay the control, whatever is answered."""
    return listed * (100 - held_out_percent) // 100


def to_invite(wanted: int, accepted: int, waiting: int, expected_percent: int) -> int:
    """How many more to invite so that as many as are wanted take part, if ``expected_percent`` of those asked do.

    Of ``waiting``, who have not answered yet, the same share is expected.
    """
    lacking = (wanted - accepted) * 100 - waiting * expected_percent
    return max(0, -(-lacking // expected_percent))


def next_act(state: str, *, lacks: int, sessions: int, undecided: int, untold: int, feedback: int) -> str:
    """What a panel's owner does next; empty where it has ended."""
    if state in ENDED:
        return ""
    if state in (PLANNED, APPROVED):
        return "ask" if state == PLANNED else "draw"
    if undecided:
        return "decide"
    if untold:
        return "tell"
    if not sessions:
        return "session" if not lacks else "draw"
    return "close" if feedback else "listen"
