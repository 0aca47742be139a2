"""The questionnaire that is asked: its questions in both languages, points, bands and limits, read from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from tenure.contracts import codes
from tenure.contracts.codes import Name
from tenure.desk.knowledge import suitability
from tenure.errors import SetupError

_OURS = Path(__file__).parent / "questions" / "risk.toml"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer one may choose, its points, and the rating it lets one rise to at most (empty: any)."""

    code: str
    name: Name
    points: int
    cap: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its choices."""

    code: str
    name: Name
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a rating holds, and how often a customer may be asked, over all channels."""

    valid_months: int
    a_day: int
    a_year: int


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """An edition of a questionnaire; ``bands`` are ``(floor, rating)`` from the lowest."""

    name: str
    edition: str
    title: Name
    questions: tuple[Question, ...]
    bands: tuple[tuple[int, str], ...]
    limits: Limits

    def choices_of(self, answers: Mapping[str, str]) -> list[tuple[Question, Choice | None]]:
        """Each question with the choice made; None where there was none."""
        return [
            (question, next((one for one in question.choices if one.code == answers.get(question.code)), None))
            for question in self.questions
        ]

    def result(self, answers: Mapping[str, str]) -> tuple[int, str]:
        """Score and rating.

        Raises:
            KeyError: a question without an answer, a choice there is not, or an answer to no question.
        """
        if stray := set(answers) - {question.code for question in self.questions}:
            raise KeyError(min(stray))
        points = {q.code: {choice.code: choice.points for choice in q.choices} for q in self.questions}
        score = suitability.score_of(points, answers)
        caps = [choice.cap for _question, choice in self.choices_of(answers) if choice is not None and choice.cap]
        return score, suitability.rating_of_score(score, self.bands, caps)


def current() -> Questionnaire:
    """The questionnaire asked today: the bank's own ``risk.toml`` in TENURE_HOME, else ours.

    Raises:
        SetupError: the file cannot be read as a questionnaire.
    """
    theirs = Path(settings.HOME) / "risk.toml"
    return read(theirs if theirs.exists() else _OURS)


def limits() -> Limits:
    """The limits of the questionnaire asked today."""
    return current().limits


@cache
def read(path: Path) -> Questionnaire:
    """The questionnaire in ``path``.

    Raises:
        SetupError: it is not TOML, lacks something, or its bands give not each rating once from zero upwards.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        questionnaire = Questionnaire(
            name=str(told["name"]),
            edition=str(told["edition"]),
            title=Name(told["zh"], told["en"]),
            questions=tuple(_question(one) for one in told["question"]),
            bands=tuple((int(told["bands"][code]), code) for code in codes.RISK_RATINGS),
            limits=Limits(**{name: int(told["limits"][name]) for name in ("valid_months", "a_day", "a_year")}),
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as wrong:
        raise SetupError(f"{path} is no questionnaire: {wrong}", "Correct it; ours shows the form.") from None
    floors = [floor for floor, _code in questionnaire.bands]
    if floors[0] != 0 or floors != sorted(set(floors)):
        raise SetupError(f"{path}: the bands do not rise from zero.", "Give each rating a higher floor than the last.")
    if min(questionnaire.limits.valid_months, questionnaire.limits.a_day, questionnaire.limits.a_year) < 1:
        raise SetupError(f"{path}: a limit is below one.", "Give whole numbers from 1.")
    codes_asked = [one.code for one in questionnaire.questions]
    if not codes_asked or len(set(codes_asked)) != len(codes_asked):
        raise SetupError(f"{path}: it has no question, or asks one twice.", "Give each question a code of its own.")
    return questionnaire


def _question(told: Mapping[str, Any]) -> Question:
    choices = tuple(
        Choice(str(one["code"]), Name(one["zh"], one["en"]), int(one["points"]), str(one.get("cap", "")))
        for one in told["choices"]
    )
    if len(choices) < 2 or len({one.code for one in choices}) != len(choices):
        raise ValueError(f"question {told['code']} needs two choices or more, each with a code of its own")
    if any(one.points < 0 or (one.cap and one.cap not in codes.RISK_RATINGS) for one in choices):
        raise ValueError(f"question {told['code']} has a choice below zero points or with an unknown cap")
    return Question(str(told["code"]), Name(told["zh"], told["en"]), choices)
