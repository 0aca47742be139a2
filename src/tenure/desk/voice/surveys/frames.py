"""The frame of a survey: who could have been asked, who was, who answered, how far the rate can be trusted. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tenure.desk.kit.shares import wilson
from tenure.desk.voice.surveys import rules

#: Below so many asked a rate says nothing.
ENOUGH = 10


@dataclass(frozen=True, slots=True)
class Pile:
    """So many invitations that are alike."""

    org_path: str
    outcome: str
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Counts of occasions by what became of them; ``states`` of those drawn; ``counter``: answers by a code to scan."""

    outcomes: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    counter: int = 0

    @property
    def occasions(self) -> int:
        """All moments that were decided."""
        return sum(self.outcomes.values())

    @property
    def could(self) -> int:
        """Who could have been asked: agreed, rested, reachable."""
        return sum(self.outcomes.get(one, 0) for one in rules.COULD_BE_ASKED)

    @property
    def drawn(self) -> int:
        """Who is or was to be asked."""
        return self.outcomes.get(rules.DRAWN, 0)

    @property
    def sent(self) -> int:
        """Whom the question left for; it may have come back."""
        return sum(count for state, count in self.states.items() if state != rules.WAITING)

    @property
    def reached(self) -> int:
        """Whom it left for and did not come back from: the base of the rate."""
        return self.sent - self.states.get(rules.BOUNCED, 0)

    @property
    def answered(self) -> int:
        """Who answered."""
        return self.states.get(rules.ANSWERED, 0)

    @property
    def rate(self) -> float | None:
        """Answered of those reached."""
        return self.answered / self.reached if self.reached else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the rate."""
        return wilson(self.answered, self.reached) if self.reached else None

    @property
    def too_few(self) -> bool:
        """Whether the rate says nothing yet."""
        return self.reached < ENOUGH


def frame_of(piles: Iterable[Pile], counter: int = 0) -> Frame:
    """The frame of piles put together."""
    outcomes: dict[str, int] = {}
    states: dict[str, int] = {}
    for pile in piles:
        outcomes[pile.outcome] = outcomes.get(pile.outcome, 0) + pile.count
        if pile.outcome == rules.DRAWN:
            states[pile.state] = states.get(pile.state, 0) + pile.count
    return Frame(outcomes, states, counter)
