"""Who can introduce us, how strong a way is, and whom one may ask. Pure decisions: no database here.

A path begins with a customer the reader knows and ends with whom they want to meet. Its strength is a product of
shares between 0 and 1, so a way never grows stronger by going on::

    strength = contact × willingness × standing × Π (kind × length × circle) over its ties

It ranks; it is no chance of success. The kinds' strengths and circles are those of the night's analytics
(``insight/network/ties.py``), so that desk and findings agree; contact, willingness and standing are judgements, stated
here and on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import prod

ASKED, GIVEN, CONTACTED, CONVERTED, DECLINED, ENDED = "asked", "given", "contacted", "converted", "declined", "ended"
#: States from which something may still come, and those where it came or did not.
UNDER_WAY, OVER = (ASKED, GIVEN, CONTACTED), (CONVERTED, DECLINED, ENDED)
#: Somebody was named: thanks are due, whatever becomes of it.
NAMED = (GIVEN, CONTACTED, CONVERTED, ENDED)
ABOUT_LENGTH, NAME_LENGTH, PHONE_LENGTH, WORDS_LENGTH = 200, 120, 40, 500

#: How likely a word passes along a tie of a kind, and how many others one can really know through it.
TIES: dict[str, tuple[float, int]] = {
    "household": (0.9, 150),
    "spouse": (0.8, 150),
    "parent": (0.8, 150),
    "child": (0.8, 150),
    "sibling": (0.8, 150),
    "legal_representative": (0.9, 150),
    "owner": (0.8, 150),
    "referrer": (0.7, 150),
    "guarantor": (0.6, 150),
    "supplier": (0.5, 150),
    "buyer": (0.5, 150),
    "employer": (0.3, 50),
}
#: What one is to the other, read from the other end.
SEEN_FROM_THERE = {
    "spouse": "spouse",
    "parent": "child",
    "child": "parent",
    "sibling": "sibling",
    "household": "household",
    "employer": "employee",
    "supplier": "buyer",
    "buyer": "supplier",
    "legal_representative": "represented",
    "owner": "owned",
    "guarantor": "guaranteed",
    "referrer": "referred",
}
#: Years after which a tie is as firm as it becomes; what a tie begins at, and one whose age nobody knows.
FIRM_AFTER, NEW_TIE, AGE_UNKNOWN = 5.0, 0.7, 0.85
#: Days since our last contact with the introducer, and what is left of the acquaintance.
CONTACTS: tuple[tuple[int, float], ...] = ((30, 1.0), (90, 0.85), (180, 0.65), (365, 0.45))
NO_CONTACT = 0.25
#: The reader has not spoken with them or looks after them: a colleague has to ask.
THROUGH_COLLEAGUE = 0.7
#: By the answer to “would you recommend us”: promoters, the satisfied, detractors, those never asked.
PROMOTER, PASSIVE, DETRACTOR, NOT_SURVEYED = 1.0, 0.85, 0.5, 0.8
STANDING = {"private": 1.0, "diamond": 0.95, "platinum": 0.9, "gold": 0.85, "basic": 0.8}
STRONG, FAIR = 0.35, 0.12


@dataclass(frozen=True, slots=True)
class Tie:
    """``far`` is ``kind`` to ``near`` (a kind of relation, or one read from the other end)."""

    near: str
    far: str
    kind: str
    since: date | None = None
    #: How many ties of this kind the end has that has more of them.
    many: int = 1

    @property
    def base(self) -> str:
        """The kind as the bank's file says it, from whichever end."""
        return self.kind if self.kind in TIES else _BACK[self.kind]

    def turned(self) -> Tie:
        """The same tie read from the other end."""
        kind = SEEN_FROM_THERE[self.kind] if self.kind in SEEN_FROM_THERE else _BACK[self.kind]
        return Tie(self.far, self.near, kind, self.since, self.many)


_BACK = {there: here for here, there in SEEN_FROM_THERE.items() if there not in TIES}


def tie_strength(tie: Tie, today: date) -> float:
    """How likely a word passes along ``tie``, 0 to 1: its kind, how long it has been, how crowded its circle is."""
    kind, circle = TIES[tie.base]
    if tie.since is None:
        length = AGE_UNKNOWN
    else:
        years = max(0.0, (today - tie.since).days / 365.25)
        length = NEW_TIE + (1 - NEW_TIE) * min(1.0, years / FIRM_AFTER)
    return kind * length * min(1.0, circle / max(1, tie.many))


def contact_share(last_contact: date | None, own: bool, today: date) -> float:
    """How well we know the introducer, 0 to 1, by the last contact; ``own``: the reader's customer or counterpart."""
    days = (today - last_contact).days if last_contact is not None else None
    share = next((part for most, part in CONTACTS if days is not None and days <= most), NO_CONTACT)
    return share if own else share * THROUGH_COLLEAGUE


def willingness(recommend: int | None) -> float:
    """How gladly they will speak for us, by what they last answered (0 to 10)."""
    if recommend is None:
        return NOT_SURVEYED
    return PROMOTER if recommend >= 9 else PASSIVE if recommend >= 7 else DETRACTOR


def standing(tier: str | None) -> float:
    """How much their word weighs, by their tier with us."""
    return STANDING.get(tier or "", STANDING["basic"])


def path_strength(ties: Sequence[Tie], contact: float, willing: float, weighs: float, today: date) -> float:
    """The strength of a way, 0 to 1; see the module's formula."""
    return contact * willing * weighs * prod(tie_strength(tie, today) for tie in ties)


def grade(strength: float) -> str:
    """``strong``, ``fair`` or ``weak``, for the eye."""
    return "strong" if strength >= STRONG else "fair" if strength >= FAIR else "weak"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a customer is asked: days until the next time, after an answer and after a no; times in a year."""

    again_after: int = 90
    after_no: int = 180
    most_a_year: int = 4


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands between us and an introducer: how often asked, who was named, who came, what is owed."""

    asked: int = 0
    given: int = 0
    converted: int = 0
    thanks_owed: int = 0
    waiting: int = 0
    #: The days on which they were asked, the last first, and whether the last answer was a no.
    asked_on: tuple[date, ...] = field(default=())
    last_was_no: bool = False


def not_before(balance: Balance, rhythm: Rhythm) -> date | None:
    """The first day on which they may be asked again; None where they were never asked."""
    if not balance.asked_on:
        return None
    last = max(balance.asked_on)
    days = rhythm.after_no if balance.last_was_no else rhythm.again_after
    again = last + timedelta(days=days)
    recent = sorted(balance.asked_on, reverse=True)
    if len(recent) >= rhythm.most_a_year:
        # The year's last allowed time must have passed out of the year.
        again = max(again, recent[rhythm.most_a_year - 1] + timedelta(days=365))
    return again


def hindrance(*, refused: bool, complaints: int, balance: Balance, rhythm: Rhythm, today: date) -> str:
    """Why this customer is not asked now, the gravest first; empty where they may be.

    ``refused``: they refused to be contacted for marketing, and an introduction is that.
    """
    if refused:
        return "refused"
    if complaints:
        return "complaint"
    if balance.thanks_owed:
        return "thanks"
    if balance.waiting:
        return "waiting"
    again = not_before(balance, rhythm)
    return "rhythm" if again is not None and today < again else ""
