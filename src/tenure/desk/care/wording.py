"""Care in words, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tenure.desk.care.rules import Due
from tenure.desk.kit import formats

ICONS = {
    "maturity": "bi-calendar-check",
    "birthday": "bi-cake2",
    "lunar_birthday": "bi-moon",
    "founding": "bi-building",
    "anniversary": "bi-award",
    "suitability": "bi-clipboard-check",
    "rhythm": "bi-arrow-repeat",
}


def kind_names() -> dict[str, str]:
    """Kinds of care as people call them."""
    return {
        "maturity": _("Maturity ahead"),
        "birthday": _("Birthday"),
        "lunar_birthday": _("Lunar birthday"),
        "founding": _("Founding day"),
        "anniversary": _("Anniversary with us"),
        "suitability": _("Risk test due"),
        "rhythm": _("Time for a contact"),
    }


def reason(due: Due) -> str:
    """Why this care is due."""
    language = get_language() or "en"
    about = formats.day(due.about_on, language)
    match due.kind:
        case "maturity":
            chinese = formats.is_chinese(language)
            parts = [
                f"{one.product_zh if chinese else one.product_en} {formats.money(one.amount, one.currency, language)}"
                for one in due.maturities
            ]
            return _("%(what)s matures on %(day)s.") % {"what": _(", ").join(parts), "day": about}
        case "birthday":
            return ngettext("Turns %(n)s.", "Turns %(n)s.", due.years or 0) % {"n": due.years}
        case "lunar_birthday":
            return _("Birthday by the lunar calendar.")
        case "founding":
            return ngettext("Founded %(n)s year ago.", "Founded %(n)s years ago.", due.years or 0) % {"n": due.years}
        case "anniversary":
            return ngettext("%(n)s year with us.", "%(n)s years with us.", due.years or 0) % {"n": due.years}
        case "suitability":
            if due.about_on is None:
                return _("Holds investments and was never tested.")
            return _("Holds investments; the last test was on %(day)s.") % {"day": about}
    if due.about_on is None:
        return _("Nobody has been in touch yet.")
    return _("Last contact on %(day)s.") % {"day": about}


def to_do(kind: str) -> str:
    """What to do about it."""
    return {
        "maturity": _("Ask where the money goes next; say how it did."),
        "birthday": _("Congratulate in person; ask how things are."),
        "lunar_birthday": _("Congratulate in person; many older customers keep this day."),
        "founding": _("Congratulate; ask how business goes."),
        "anniversary": _("Say thank you; look back on what was reached together."),
        "suitability": _("Invite to the test; until then nothing rated is offered."),
        "rhythm": _("Call with something of use: a statement, a maturity, an answer."),
    }[kind]
