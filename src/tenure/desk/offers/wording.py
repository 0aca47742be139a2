"""Needs, reasons, risks and warnings in words, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.findings import words as findings_words
from tenure.desk.kit import formats
from tenure.desk.kit.wording import code_name
from tenure.desk.offers.rules import Refusal, Terms


def _say(code: str) -> str:
    return findings_words.of("needs").say(code, get_language() or "en")


def need_name(need: str) -> str:
    """A need as people call it."""
    return _say(need)


def trigger_name(trigger: str) -> str:
    """What makes the time right."""
    return _say(f"trigger_{trigger}")


def gate_words(reason: str) -> str:
    """Why a product may not be put before the customer, and what to do first."""
    return _say(f"gate_{reason}")


def refusal_words(refusal: Refusal, currency: str) -> str:
    """Why the customer may not have a bundle."""
    language = get_language() or "en"

    def categories() -> str:
        return _(", ").join(code_name(str(one), "category", language) for one in refusal.detail)

    match refusal.reason:
        case "bundle_kind":
            kinds = _(", ").join(code_name(str(one), "party_kind", language) for one in refusal.detail)
            return _("Only for: %(kinds)s") % {"kinds": kinds}
        case "bundle_tier":
            return _("From tier %(tier)s on") % {"tier": code_name(str(refusal.detail[0]), "tier", language)}
        case "bundle_aum":
            least = formats.money(int(refusal.detail[0]), currency, language)
            return _("From AUM of %(amount)s on (average of the month)") % {"amount": least}
        case "bundle_holds":
            return _("Only for who holds: %(what)s") % {"what": categories()}
    return _("Not for who holds already: %(what)s") % {"what": categories()}


def asks_of(terms: Terms, currency: str) -> list[str]:
    """Who may have a bundle of these terms, a phrase for each condition."""
    told: list[tuple[str, tuple[str | int, ...]]] = [
        ("kind", terms.kinds),
        ("tier", (terms.tier_least,) if terms.tier_least else ()),
        ("aum", (terms.aum_least,) if terms.aum_least is not None else ()),
        ("holds", terms.holds),
        ("lacks", terms.lacks),
    ]
    return [refusal_words(Refusal(f"bundle_{name}", detail), currency) for name, detail in told if detail]


def risk_words(level: str) -> str:
    """A product's risk level, as a customer reads it."""
    return {
        "R1": _("R1, low risk"),
        "R2": _("R2, low to medium risk"),
        "R3": _("R3, medium risk"),
        "R4": _("R4, medium to high risk"),
        "R5": _("R5, high risk"),
    }.get(level, "")


def warning(category: str, level: str) -> str:
    """What a customer is warned of before they take a product of this category and risk level."""
    if category == "insurance":
        return _(
            "Insurance is no deposit. Ending it early may cost part of what you paid; read what it covers and what not."
        )
    if category in codes.LOAN_CATEGORIES:
        return _(
            "A loan is granted after examination. Interest and fees stand in the contract; "
            "borrow no more than you can repay."
        )
    if category in codes.DEPOSIT_CATEGORIES:
        return _(
            "Taken out before its day, a term deposit bears the demand rate. The rate is that of the day it begins."
        )
    return {
        "R1": _("The principal is very likely kept; the return is not guaranteed."),
        "R2": _("The principal is unlikely to be lost in part; the return may vary and is not guaranteed."),
        "R3": _("Principal and return may vary. You may lose part of what you put in."),
        "R4": _("Principal and return may vary strongly. You may lose a large part of what you put in."),
        "R5": _("Principal and return may vary very strongly. You may lose all you put in."),
    }.get(level, "")
