"""What templates of surveys need besides the desk's own filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from tenure.desk.voice.surveys import branching, questionnaire, wording

register = template.Library()


@register.filter
def in_language(told: Mapping[str, str] | None) -> str:
    """A text of a content in the reader's language."""
    return wording.text(told)


@register.filter
def scale_numbers(question: Mapping[str, Any]) -> list[str]:
    """The numbers of a scale, lowest first."""
    return questionnaire.values_of(question) or []


@register.filter
def condition_of(question: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """After which answers a question is asked, in a sentence; empty: always."""
    return branching.condition(content, question)


@register.filter
def ways_of(question: Mapping[str, Any], content: Mapping[str, Any]) -> list[branching.Way]:
    """Which questions hang on the answers of this one."""
    return branching.ways(content, question)


@register.filter
def answer_name(value: str, question: Mapping[str, Any]) -> str:
    """An answer by its name; a number is its own."""
    return branching.answer_name(question, value)


@register.filter
def org_of(path: str) -> str:
    """The branch at the end of a path."""
    return path.strip("/").rsplit("/", 1)[-1]
