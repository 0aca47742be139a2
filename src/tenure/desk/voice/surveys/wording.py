"""Surveys in words: what is wrong with a draft, at its question, and how a version asks."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.kit import formats
from tenure.desk.kit.wording import code_name
from tenure.desk.voice.surveys import questionnaire, rules
from tenure.desk.voice.surveys.questionnaire import Fault


def language() -> str:
    """The reader's language."""
    return get_language() or "en"


def text(told: Mapping[str, str] | None) -> str:
    """A text of a content in the reader's language."""
    return questionnaire.text_in(told, language())


def fault_words(fault: Fault, named: str = "") -> str:
    """A fault in a sentence with its remedy; ``named`` is the question a branch hangs on, in words."""
    parts = {
        "title": _("title"),
        "welcome": _("welcome"),
        "thanks": _("thanks"),
        "text": _("question"),
        "options": _("choices"),
        "low": _("lowest end"),
        "high": _("highest end"),
    }
    measure = code_name(fault.value, "survey_measure", language()) if fault.value else ""
    said = {
        "no_zh": _("The %(part)s is missing in Chinese."),
        "no_en": _("The %(part)s is missing in English."),
        "too_long": _("The %(part)s is too long."),
        "no_question": _("Nothing is asked yet: add a question."),
        "too_many": _("At most %(value)s questions; a shorter survey is answered more often."),
        "too_many_options": _("At most %(value)s choices."),
        "options": _("Give at least two choices."),
        "option_ids": _("Two choices are the same."),
        "twice": _("Two questions have this id."),
        "id": _("An id is made of small letters, digits and _, such as “why”."),
        "kind": _("Say how it is answered."),
        "measures": _("Only a scale measures something."),
        "measured_twice": _("Two questions measure the same."),
        "measures_nothing": _("No question measures “%(measure)s”, which a survey of this kind is about."),
        "scale": _("A scale goes from a lower to a higher whole number, from 0 to 10."),
        "show_if": _("Tick after which answers it is asked, or let it always be asked."),
        "show_if_itself": _("It cannot depend on itself: choose a question before it, or let it always be asked."),
        "show_if_later": _("“%(named)s” is asked after it: move this question below that one, or choose another."),
        "show_if_gone": _("The question it depended on was removed: choose another, or let it always be asked."),
        "show_if_words": _("“%(named)s” is answered in words: choose a question with a scale or choices."),
        "show_if_value": _("An answer ticked here is no longer one of “%(named)s”: untick it, and tick others."),
    }
    words = said.get(fault.code, _("It is not written as a questionnaire is."))
    told = {"part": parts.get(fault.value, fault.value), "value": fault.value, "measure": measure, "named": named}
    return words % told


def asking_words(asking: rules.Asking) -> dict[str, str]:
    """How a version asks, a line each."""
    channels = _(", ").join(code_name(one, "survey_channel", language()) for one in asking.channels)
    days = _("%(n)s days")
    return {
        _("Share drawn"): formats.share(float(asking.share), 0 if asking.share * 100 % 1 == 0 else 2),
        _("At most per branch and month"): f"{asking.quota:,}" if asking.quota is not None else _("no end"),
        _("A link holds"): days % {"n": asking.valid_days},
        _("The same customer again after"): days % {"n": asking.wait_days}
        if asking.wait_days is not None
        else _("the bank's own wait"),
        _("Channels in order"): channels,
    }


def bad_asking(field: str) -> str:
    """Why a value of how a version asks cannot be."""
    said = {
        "share": _("A share lies above 0 and is at most 100 %."),
        "quota": _("A quota is a whole number above 0, or empty for no end."),
        "valid_days": _("A link holds 1 to %(most)s days.") % {"most": rules.MOST_VALID_DAYS},
        "wait_days": _("A wait is 1 to %(most)s days, or empty for the bank's own.") % {"most": rules.MOST_WAIT_DAYS},
        "channels": _("Choose at least one channel, each once."),
    }
    return said.get(field, _("There is no such field."))
