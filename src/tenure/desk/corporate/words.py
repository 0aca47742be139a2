"""The trust questions in words, each with what 1 and 10 mean; evidence of a demand in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tenure.desk.corporate import rules


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the self-check: what is asked, and what its lowest and highest answers mean."""

    code: str
    text: str
    low: str
    high: str


def trust_questions() -> list[tuple[str, list[Question]]]:
    """The questions of each part of the trust equation, in the reader's language."""
    told = {
        "knows_business": (
            _("How well do I know their business and what moves it?"),
            _("I know their name and our products"),
            _("I could explain their year to a colleague in five minutes"),
        ),
        "right_answers": (
            _("When they ask, is what I say right, and do I say so when I don't know?"),
            _("I guess and correct myself later"),
            _("They repeat what I said, and it held"),
        ),
        "on_time": (
            _("Do I do what I said, by the day I said?"),
            _("They have to remind me"),
            _("They have never had to ask"),
        ),
        "no_surprises": (
            _("Do they hear bad news from me first, and early?"),
            _("They learn it from a letter or from others"),
            _("I call before it matters"),
        ),
        "tells_worries": (
            _("Do they tell me what worries them, not only what they want?"),
            _("We speak of rates and forms"),
            _("They told me something they would not tell another bank"),
        ),
        "asks_advice": (
            _("Do they ask for my view before they decide?"),
            _("I hear of decisions when they are made"),
            _("They call me first"),
        ),
        "own_figures": (
            _("When I prepare a visit, whose figures am I thinking of?"),
            _("Theirs: what this does for their business"),
            _("Mine: my target and my month"),
        ),
        "talks_first": (
            _("In our talks, who speaks more, and about whom?"),
            _("They do, about themselves; I ask"),
            _("I do, about us and our products"),
        ),
    }
    return [
        (part, [Question(code, *told[code]) for code in questions]) for part, questions in rules.TRUST_QUESTIONS.items()
    ]


def fact_names() -> dict[str, str]:
    """The plain figures beside a demand, as people call them."""
    return {
        "suppliers": _("suppliers known"),
        "buyers": _("buyers known"),
        "outflow_3m": _("out in three months"),
        "inflow_3m": _("in over three months"),
        "loan": _("loans with us"),
        "net_flow": _("in less out, three months"),
        "transactions_12m": _("transactions a year"),
        "idle": _("deposits beyond three months of outflow"),
        "investment": _("invested with us"),
    }
