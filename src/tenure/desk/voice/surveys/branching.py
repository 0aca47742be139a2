"""Branching in words: a question by its place and what it asks, its answers by their names, what leads where.

Whoever builds a survey or approves one reads these; ids are for the machine. The words follow the reader's language, or
that of the preview they stand in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from tenure.desk.kit.wording import code_name
from tenure.desk.voice.surveys import questionnaire, wording

#: A question's words in a line with others: as many as fit beside its answers.
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Way:
    """Where some answers of a question lead: ``answers`` in words, id and label of the question asked then."""

    answers: str
    name: str
    label: str


def label(content: Mapping[str, Any], name: str, *, numbered: bool = True) -> str:
    """“2. Where was it hardest?”: the place of a question and what it asks; of one that was removed, that it was."""
    for place, question in enumerate(content["questions"], start=1):
        if question["id"] == name:
            words = _words(question.get("text")) or _("(nothing asked yet)")
            return f"{place}. {words}" if numbered else words
    return _("(a question that was removed)")


def answer_name(question: Mapping[str, Any] | None, value: str) -> str:
    """An answer by its name; a number is its own name, and a choice that was removed says so."""
    if question is None or question.get("kind") == questionnaire.SCALE:
        gone = question is not None and value not in (questionnaire.values_of(question) or [])
        return _("%(n)s (no longer there)") % {"n": value} if gone else value
    for option in question.get("options") or []:
        if option["id"] == value:
            return _words(option) or _("(a choice without words)")
    return _("(a choice that was removed)")


def answers(question: Mapping[str, Any] | None, values: Iterable[str]) -> str:
    """Answers in a line, in the order of the question: “0–6” of a scale, “The wait / The app” of choices."""
    chosen = list(dict.fromkeys(values))
    possible = (questionnaire.values_of(question) or []) if question is not None else []
    chosen.sort(key=lambda one: possible.index(one) if one in possible else len(possible))
    if question is None:
        return "…"
    if question.get("kind") != questionnaire.SCALE:
        return " / ".join(answer_name(question, one) for one in chosen)
    runs: list[list[str]] = []
    for one in chosen:
        if runs and one in possible and possible.index(one) and possible[possible.index(one) - 1] == runs[-1][-1]:
            runs[-1].append(one)
        else:
            runs.append([one])
    return _(", ").join(answer_name(question, run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def condition(content: Mapping[str, Any], question: Mapping[str, Any], *, numbered: bool = True) -> str:
    """After which answers a question is asked, in a sentence; empty: always."""
    rule = question.get("show_if")
    if not rule:
        return ""
    named = question_named(content, rule["question"])
    told = {
        "question": label(content, rule["question"], numbered=numbered),
        "answers": answers(named, map(str, rule["in"])) or "…",
    }
    return _("Asked only where “%(question)s” was answered with: %(answers)s") % told


def ways(content: Mapping[str, Any], question: Mapping[str, Any]) -> list[Way]:
    """Which questions hang on the answers of this one, in their order."""
    found = []
    for later in content["questions"]:
        rule = later.get("show_if")
        if rule and rule["question"] == question["id"] and later["id"] != question["id"]:
            told = answers(question, map(str, rule["in"])) or "…"
            found.append(Way(told, later["id"], label(content, later["id"])))
    return found


def question_words(content: Mapping[str, Any], question: Mapping[str, Any]) -> str:
    """A question in a line: what is asked, how it is answered, and after which answers. Without places, which change
    for every question below one that is added."""
    kind = code_name(question.get("kind"), "question_kind", wording.language())
    told = f"{wording.text(question.get('text'))} ({kind})"
    options = [wording.text(one) for one in question.get("options") or []]
    if options:
        told += ": " + " / ".join(options)
    when = condition(content, question, numbered=False)
    return f"{told} · {when}" if when else told


@dataclass(frozen=True, slots=True)
class Offered:
    """A question another may hang on, as the builder offers it; ``broken``: it is chosen and cannot be."""

    name: str
    label: str
    broken: bool


def offered(content: Mapping[str, Any], place: int) -> list[Offered]:
    """The questions the one at ``place`` may hang on: those before it with answers to choose from. What it hangs on
    stands among them even where it cannot, lest the next save drop it unseen."""
    before: Sequence[Mapping[str, Any]] = content["questions"][:place]
    found = [
        Offered(one["id"], label(content, one["id"]), False) for one in before if one["kind"] != questionnaire.WORDS
    ]
    rule = content["questions"][place].get("show_if")
    if rule and rule["question"] not in [one.name for one in found]:
        found.append(Offered(rule["question"], label(content, rule["question"]), True))
    return found


@dataclass(frozen=True, slots=True)
class Ticked:
    """An answer to tick; ``gone``: it was ticked and is none any more."""

    value: str
    label: str
    ticked: bool
    gone: bool


def ticks(content: Mapping[str, Any], question: Mapping[str, Any]) -> list[Ticked]:
    """The answers after which a question may be asked, and those it still names that are gone."""
    rule = question.get("show_if")
    if not rule:
        return []
    named = question_named(content, rule["question"])
    possible = (questionnaire.values_of(named) or []) if named is not None else []
    chosen = [str(one) for one in rule["in"]]
    return [
        Ticked(one, answer_name(named, one), one in chosen, one not in possible)
        for one in [*possible, *(one for one in dict.fromkeys(chosen) if one not in possible)]
    ]


def question_named(content: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The question of an id; None: there is none."""
    return next((one for one in content["questions"] if one["id"] == name), None)


def _words(told: Mapping[str, str] | None) -> str:
    """A text in the reader's language, in the other where it is written in that alone; cut to a line."""
    said = wording.text(told) or next((one for one in (told or {}).values() if one.strip()), "")
    return Truncator(said.strip()).chars(_SHORT)


@dataclass(frozen=True, slots=True)
class Lack:
    """What a draft lacks, in words: at which question (its id; empty: the whole), and whether in its branching."""

    question: str
    words: str
    of_branch: bool


def lacks(content: Mapping[str, Any], kind: str) -> list[Lack]:
    """Everything that is wrong with a content that can be shown, in words with the remedy."""
    return [
        Lack(fault.question, fault_words(content, fault), fault.of_branch)
        for fault in questionnaire.faults(content, kind)
    ]


def fault_words(content: Mapping[str, Any], fault: questionnaire.Fault) -> str:
    """A fault in words, which name the question a branch hangs on as people know it."""
    return wording.fault_words(fault, label(content, fault.value) if fault.of_branch else "")
