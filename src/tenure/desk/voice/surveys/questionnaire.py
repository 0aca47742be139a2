"""What a questionnaire may be, which question comes next, what an answer may be, and what answers say. Pure.

A content is ``title``, ``welcome`` and ``thanks`` (each ``{"zh", "en"}``) and ``questions``, each of them::

    {"id": "why", "kind": "words", "measures": "", "text": {"zh": …, "en": …}, "required": false,
     "options": [{"id": "queue", "zh": …, "en": …}],             # of kinds single and several
     "low": {"zh", "en"}, "high": {"zh", "en"}, "from": 0, "to": 10,  # of kind scale: its ends, in words and numbers
     "show_if": {"question": "recommend", "in": ["0", …, "6"]}}   # or null: always asked

A question is asked where ``show_if`` is null, or the question it names was asked and its answer is among ``in`` (of
``several``: any of the ticked). Values are compared as text, so that a scale's are written like the others.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenure.desk.voice.surveys.rules import ALL_WORDS_LENGTH, MEASURED, WORDS_LENGTH

LANGUAGES = ("zh", "en")
SCALE, SINGLE, SEVERAL, WORDS = "scale", "single", "several", "words"
QUESTION_KINDS = (SCALE, SINGLE, SEVERAL, WORDS)
#: What a scale may measure, and between which numbers it then lies (as the lake's contract of answers has it).
MEASURES = {"recommend": (0, 10), "satisfaction": (1, 5), "effort": (1, 7)}
MOST_QUESTIONS, MOST_OPTIONS, TEXT_LENGTH, OPTION_LENGTH = 30, 20, 300, 80
#: Questions on one page of a customer's phone.
MOST_ON_PAGE = 4
_ID = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a content, and where: the question's id or, where it has none, its place; empty: the whole.

    ``code`` says what, for the page to word it; ``value`` is what it is about.
    """

    question: str
    code: str
    value: str = ""

    @property
    def of_branch(self) -> bool:
        """Whether it lies in after which answers the question is asked."""
        return self.code.startswith("show_if")

    @property
    def field(self) -> str:
        """The field it lies in, as an API names it."""
        return f"{self.question}.show_if" if self.of_branch else self.question or "content"


class BadAnswer(ValueError):
    """An answer that cannot be given to a question; ``code`` says why."""

    def __init__(self, question: str, code: str) -> None:
        super().__init__(f"{question}: {code}")
        self.question, self.code = question, code


def faults(content: Any, kind: str = "") -> list[Fault]:
    """Everything that is wrong with ``content``; none where it may be asked. ``kind`` is the survey's."""
    if not isinstance(content, Mapping):
        return [Fault("", "shape")]
    found = [Fault("", code, name) for name in ("title", "thanks") for code in _text(content.get(name), TEXT_LENGTH)]
    if any(content.get("welcome", {}).values() if isinstance(content.get("welcome"), Mapping) else ()):
        found += [Fault("", code, "welcome") for code in _text(content["welcome"], TEXT_LENGTH)]
    questions = content.get("questions")
    if not isinstance(questions, list) or not questions:
        return [*found, Fault("", "no_question")]
    if len(questions) > MOST_QUESTIONS:
        found.append(Fault("", "too_many", str(MOST_QUESTIONS)))
    before: dict[str, Mapping[str, Any]] = {}
    every = {str(one.get("id")) for one in questions if isinstance(one, Mapping)}
    for place, question in enumerate(questions, start=1):
        if not isinstance(question, Mapping):
            found.append(Fault(str(place), "shape"))
            continue
        name = str(question.get("id") or place)
        found += [Fault(name, code, value) for code, value in _of_question(question, before, every)]
        if isinstance(question.get("id"), str):
            if question["id"] in before:
                found.append(Fault(name, "twice"))
            before.setdefault(question["id"], question)
    measured = [one["measures"] for one in before.values() if isinstance(one.get("measures"), str) and one["measures"]]
    if len(set(measured)) < len(measured):
        found.append(Fault("", "measured_twice"))
    if kind in MEASURED and MEASURED[kind] not in measured:
        found.append(Fault("", "measures_nothing", MEASURED[kind]))
    return found


def _text(told: Any, most: int) -> list[str]:
    if not isinstance(told, Mapping) or not all(isinstance(told.get(name, ""), str) for name in LANGUAGES):
        return ["shape"]
    codes = [f"no_{name}" for name in LANGUAGES if not told.get(name, "").strip()]
    return codes + (["too_long"] if any(len(told.get(name, "")) > most for name in LANGUAGES) else [])


def _of_question(
    question: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]], every: Collection[str]
) -> list[tuple[str, str]]:
    """What is wrong with one question; ``before`` are those that stand before it, ``every`` the ids of all."""
    found: list[tuple[str, str]] = []
    if not isinstance(question.get("id"), str) or not _ID.fullmatch(question["id"]):
        found.append(("id", ""))
    found += [(code, "text") for code in _text(question.get("text"), TEXT_LENGTH)]
    kind, measures = question.get("kind"), question.get("measures") or ""
    if not isinstance(kind, str) or kind not in QUESTION_KINDS:
        return [*found, ("kind", str(kind)[:20])]
    if not isinstance(measures, str) or (measures and (kind != SCALE or measures not in MEASURES)):
        found.append(("measures", str(measures)[:20]))
    if kind == SCALE:
        low, high = ends(question)
        if low is None or high is None or not 0 <= low < high <= 10:
            found.append(("scale", ""))
        for name in ("low", "high"):
            if any((question.get(name) or {}).values() if isinstance(question.get(name) or {}, Mapping) else "?"):
                found += [(code, name) for code in _text(question[name], OPTION_LENGTH)]
    if kind in (SINGLE, SEVERAL):
        found += _of_options(question.get("options"))
    rule = question.get("show_if")
    if rule is not None:
        found += _of_rule(rule, question, before, every)
    return found


def _of_options(options: Any) -> list[tuple[str, str]]:
    if not isinstance(options, list) or len(options) < 2:
        return [("options", "")]
    found: list[tuple[str, str]] = []
    if len(options) > MOST_OPTIONS:
        found.append(("too_many_options", str(MOST_OPTIONS)))
    ids = [one.get("id") if isinstance(one, Mapping) else None for one in options]
    if not all(isinstance(one, str) and _ID.fullmatch(one) for one in ids) or len(set(map(str, ids))) < len(ids):
        found.append(("option_ids", ""))
    for one in options:
        found += [(code, "options") for code in _text(one, OPTION_LENGTH)]
    return list(dict.fromkeys(found))


def _of_rule(
    rule: Any, question: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]], every: Collection[str]
) -> list[tuple[str, str]]:
    """What is wrong with a branch; its codes begin with ``show_if``, see :attr:`Fault.of_branch`."""
    if not isinstance(rule, Mapping) or not isinstance(rule.get("in"), list):
        return [("show_if", "")]
    named = rule.get("question")
    if named == question.get("id"):
        return [("show_if_itself", str(named)[:30])]
    if not isinstance(named, str) or named not in every:
        return [("show_if_gone", str(named)[:30])]
    if named not in before:  # asked later, which would be a circle
        return [("show_if_later", named)]
    possible = values_of(before[named])
    if possible is None:
        return [("show_if_words", named)]
    if not rule["in"]:
        return [("show_if", named)]
    return [("show_if_value", named)] if any(str(one) not in possible for one in rule["in"]) else []


def ends(question: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """The lowest and highest number of a scale: what it measures says, else the question itself."""
    measures = question.get("measures")
    if isinstance(measures, str) and measures in MEASURES:
        return MEASURES[measures]
    low, high = question.get("from"), question.get("to")
    return (low if type(low) is int else None), (high if type(high) is int else None)


def values_of(question: Mapping[str, Any]) -> list[str] | None:
    """The answers a question can have, as text; None for words, which can be anything."""
    if question.get("kind") == SCALE:
        low, high = ends(question)
        return [str(n) for n in range(low, high + 1)] if low is not None and high is not None else []
    if question.get("kind") in (SINGLE, SEVERAL):
        options = question.get("options")
        return [str(one.get("id")) for one in options if isinstance(one, Mapping)] if isinstance(options, list) else []
    return None


def asked(content: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The questions this person is asked, in order, as far as their answers tell by now."""
    shown: set[str] = set()
    found = []
    for question in content["questions"]:
        rule = question.get("show_if")
        if rule is None or (rule["question"] in shown and _meets(answers.get(rule["question"]), rule["in"])):
            shown.add(question["id"])
            found.append(question)
    return found


def _meets(answer: Any, wanted: Sequence[Any]) -> bool:
    given = answer if isinstance(answer, list) else [answer]
    return bool({str(one) for one in given if one is not None} & {str(one) for one in wanted})


def next_question(content: Mapping[str, Any], answers: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first question asked that has no answer yet; None: all are answered. A skipped one is answered ``None``."""
    return next((one for one in asked(content, answers) if one["id"] not in answers), None)


def pages(content: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    """The questions as they stand on pages: in order, at most :data:`MOST_ON_PAGE`, and one that depends on another
    never on the same page with it, since nothing on the page runs that could show or hide it."""
    found: list[list[Mapping[str, Any]]] = []
    for question in content["questions"]:
        rule = question.get("show_if")
        here = {one["id"] for one in found[-1]} if found else set()
        if not found or len(here) == MOST_ON_PAGE or (rule is not None and rule["question"] in here):
            found.append([])
        found[-1].append(question)
    return found


def answer_of(question: Mapping[str, Any], value: Any) -> Any:
    """``value`` as the answer to ``question``: an int, an option's id, ids in order, words; None: not answered.

    Raises:
        BadAnswer: it can be no answer.
    """
    name, kind = question["id"], question["kind"]
    if value is None or value in ("", []):
        return None
    if kind == SCALE:
        text = str(value) if type(value) is int or isinstance(value, str) else ""
        if text not in (values_of(question) or []):
            raise BadAnswer(name, "scale")
        return int(text)
    if kind == WORDS:
        if not isinstance(value, str):
            raise BadAnswer(name, "words")
        words = value.replace("\x00", "").strip()
        if len(words) > WORDS_LENGTH:
            raise BadAnswer(name, "too_long")
        return words or None
    possible = values_of(question) or []
    if kind == SINGLE:
        if not isinstance(value, str) or value not in possible:
            raise BadAnswer(name, "option")
        return value
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list) or not all(isinstance(one, str) and one in possible for one in given):
        raise BadAnswer(name, "option")
    return [one for one in possible if one in given]


def read(content: Mapping[str, Any], told: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is answered now: ``before`` with ``told`` over it, each checked; what branching leaves out is dropped.

    Raises:
        BadAnswer: an answer that cannot be, or one to a question there is not.
    """
    by_id = {one["id"]: one for one in content["questions"]}
    strange = sorted(told.keys() - by_id.keys())
    if strange:
        raise BadAnswer(str(strange[0])[:30], "no_question")
    merged = {**before, **{name: answer_of(by_id[name], value) for name, value in told.items()}}
    return {one["id"]: merged[one["id"]] for one in asked(content, merged) if one["id"] in merged}


def missing(content: Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    """Ids of the required questions this person was asked and has not answered."""
    return [one["id"] for one in asked(content, answers) if one.get("required") and answers.get(one["id"]) is None]


@dataclass(frozen=True, slots=True)
class Said:
    """What answers say: likelihood to recommend (0–10), satisfaction (1–5), effort (1–7) and the words; None: not."""

    score: int | None
    satisfaction: int | None
    effort: int | None
    words: str


def said(content: Mapping[str, Any], answers: Mapping[str, Any]) -> Said:
    """The measured figures and all words of ``answers``, in the order of the questions."""
    measured: dict[str, int] = {}
    words = []
    for question in asked(content, answers):
        value = answers.get(question["id"])
        if value is None:
            continue
        if question["kind"] == WORDS:
            words.append(value)
        elif question.get("measures"):
            measured[question["measures"]] = value
    return Said(
        measured.get("recommend"),
        measured.get("satisfaction"),
        measured.get("effort"),
        "\n".join(words)[:ALL_WORDS_LENGTH],
    )


def text_in(told: Mapping[str, str] | None, language: str) -> str:
    """A text of a content in ``language`` (``zh``, ``zh-hans``, ``en`` …); Chinese where it is said in no other."""
    name = "zh" if language.lower().startswith("zh") else "en"
    return (told or {}).get(name) or (told or {}).get("zh", "")


def tidied(content: Mapping[str, Any]) -> dict[str, Any]:
    """``content`` in the one shape that is kept, with every field and none besides; it may still have faults.

    Raises:
        ValueError: somewhere there is something else than texts, numbers and lists; it names where.
    """
    questions = content.get("questions") or []
    if not isinstance(questions, list) or len(questions) > MOST_QUESTIONS:
        raise ValueError("questions")
    return {
        **{name: _tidy_text(content.get(name), name) for name in ("title", "welcome", "thanks")},
        "questions": [_tidy_question(one) for one in questions],
    }


def _tidy_question(question: Any) -> dict[str, Any]:
    if not isinstance(question, Mapping):
        raise ValueError("questions")
    options, rule = question.get("options") or [], question.get("show_if")
    if not isinstance(options, list) or not all(isinstance(one, Mapping) for one in options):
        raise ValueError("options")
    found = {
        "id": _tidy(question.get("id"), "id"),
        "kind": _tidy(question.get("kind"), "kind"),
        "measures": _tidy(question.get("measures"), "measures"),
        "text": _tidy_text(question.get("text"), "text"),
        "required": question.get("required") is True,
        "options": [{"id": _tidy(one.get("id"), "options"), **_tidy_text(one, "options")} for one in options],
        "low": _tidy_text(question.get("low"), "low"),
        "high": _tidy_text(question.get("high"), "high"),
        "show_if": None,
    }
    if found["kind"] == SCALE and not found["measures"]:
        low, high = ends(question)
        found |= {"from": low, "to": high}
    if rule is not None:
        if not isinstance(rule, Mapping) or not isinstance(rule.get("in"), list):
            raise ValueError("show_if")
        if not all(isinstance(one, str | int) for one in rule["in"]):
            raise ValueError("show_if")
        found["show_if"] = {"question": _tidy(rule.get("question"), "show_if"), "in": [str(one) for one in rule["in"]]}
    return found


def _tidy(value: Any, name: str) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(name)
    return (value or "").replace("\x00", "").strip()


def _tidy_text(told: Any, name: str) -> dict[str, str]:
    if told is not None and not isinstance(told, Mapping):
        raise ValueError(name)
    return {language: _tidy((told or {}).get(language), name) for language in LANGUAGES}
