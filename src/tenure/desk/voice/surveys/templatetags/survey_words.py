"""What templates of surveys need besides the desk's own filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from tenure.desk.voice.surveys import questionnaire, wording

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
def org_of(path: str) -> str:
    """The branch at the end of a path."""
    return path.strip("/").rsplit("/", 1)[-1]
