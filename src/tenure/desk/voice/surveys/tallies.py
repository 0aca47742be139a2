"""What was answered to each question of a survey: how often each answer was given, of those who were asked. Pure.

Counted as answers came, one by one and unweighted: for a questionnaire's own questions there is nothing else. The
measured figures, weighted for the silent, are the night's (*Insight › What customers say*).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenure.desk.kit.shares import wilson
from tenure.desk.voice.surveys import questionnaire
from tenure.desk.voice.surveys.frames import ENOUGH


@dataclass(frozen=True, slots=True)
class Share:
    """How often an answer was given, its share of those who answered the question, and Wilson's 95 % interval."""

    value: str
    count: int
    share: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """One question: how many were ``asked`` it, how many ``answered``, and each answer in the question's order.

    Of a question in words nothing is listed but how many wrote; below :data:`ENOUGH` answers nothing either.
    """

    question: Mapping[str, Any]
    asked: int
    answered: int
    shares: tuple[Share, ...]

    @property
    def too_few(self) -> bool:
        """Whether its answers say nothing yet."""
        return self.answered < ENOUGH


def tally(content: Mapping[str, Any], responses: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> list[Tally]:
    """The questions of ``content`` with what was answered to each.

    Args:
        content: of the version whose questions are told.
        responses: each a content and the answers to it. Of another version a question counts where it asks the same
            in the same words with the same choices; after which answers it is asked may differ.
    """
    asked, answered = Counter[str](), Counter[str]()
    given: dict[str, Counter[str]] = {one["id"]: Counter() for one in content["questions"]}
    wanted = {one["id"]: _asks(one) for one in content["questions"]}
    for then, answers in responses:
        for question in questionnaire.asked(then, answers):
            name = question["id"]
            if wanted.get(name) != _asks(question):
                continue
            asked[name] += 1
            value = answers.get(name)
            if value is None or value == []:
                continue
            answered[name] += 1
            given[name].update(map(str, value if isinstance(value, list) else [value]))
    return [
        Tally(one, asked[one["id"]], answered[one["id"]], _shares(one, given[one["id"]], answered[one["id"]]))
        for one in content["questions"]
    ]


def _asks(question: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(question.get(name) for name in ("kind", "measures", "text", "options", "from", "to"))


def _shares(question: Mapping[str, Any], given: Counter[str], answered: int) -> tuple[Share, ...]:
    values = questionnaire.values_of(question)
    if values is None or answered < ENOUGH:
        return ()
    return tuple(Share(one, given[one], given[one] / answered, wilson(given[one], answered)) for one in values)
