"""What the lobby's rule says, in words: why, and what one may say to the customer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenure.desk.lobby.rules import Advice


def reason(advice: Advice) -> str:
    """Why the rule says so."""
    return {
        "not_asked": _("Ask what they came to do."),
        "coins": _("Coins or odd change are involved: machines do not take them."),
        "business": _("This takes a person."),
        "amount": _("The amount is above what self-service is meant for."),
        "valuable": _("A valuable customer who would rather be served: the counter is where we learn about them."),
        "nobody_waits": _("Nobody is queuing: the counter is quicker, and we learn about the customer."),
        "small": _("A small routine amount, and others are waiting."),
    }[advice.because]


def script(advice: Advice) -> str:
    """What to say, politely; empty where there is nothing to say yet."""
    return {
        "coins": _("“We count that for you at the counter. Please take a seat; I will call you.”"),
        "business": _("“A colleague will see to that with you. Please take a seat; I will call you.”"),
        "amount": _("“For this amount the counter is right. Please take a seat; I will call you.”"),
        "valuable": _("“Please come with me, we will see to that for you at once. May I offer you some water?”"),
        "nobody_waits": _("“You are next: please come to the counter.”"),
        "small": _("“The machine does this in two minutes. May I show you? I stay with you until it is done.”"),
    }.get(advice.because, "")
