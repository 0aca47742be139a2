"""What a customer chose in the survey from which a case came: their manager reads it before they call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenure.desk.control.masking import masked
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.voice.cases import rules
from tenure.desk.voice.cases.selectors import WORDS_COLUMN, Seen
from tenure.desk.voice.surveys import questionnaire
from tenure.desk.voice.surveys.models import Response
from tenure.desk.voice.surveys.wording import text


def answered(user: User, one: Seen) -> list[tuple[str, str]]:
    """Each question that was answered with a choice or a figure of its own, and the answer, in the reader's language.

    The likelihood to recommend and the words stand on the case itself. Hidden from who sees no words of customers.
    """
    if not one.source_key.startswith(rules.OF_ANSWERS):
        return []
    key = one.source_key.removeprefix(rules.OF_ANSWERS)
    response = Response.objects.filter(pk=key).select_related("version").first()
    if response is None:
        return []
    reach, content = reach_of(user), response.version.content
    found = [
        (text(question["text"]), masked(_words(question, response.answers[question["id"]]), WORDS_COLUMN, reach) or "")
        for question in questionnaire.asked(content, response.answers)
        if response.answers.get(question["id"]) is not None
        and question["kind"] != questionnaire.WORDS
        and question.get("measures") != "recommend"
    ]
    return [(question, words) for question, words in found if words]


def _words(question: Mapping[str, Any], value: Any) -> str:
    if question["kind"] == questionnaire.SCALE:
        return str(value)
    names = {one["id"]: text(one) for one in question.get("options") or []}
    return " · ".join(names.get(one, one) for one in (value if isinstance(value, list) else [value]))
