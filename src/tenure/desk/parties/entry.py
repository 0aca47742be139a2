"""A customer as they are typed in: what cannot be is said at its field, in words that help."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.errors import Unacceptable
from tenure.desk.parties import rules
from tenure.desk.parties.rules import Wrong


def check(asked: rules.Identity, today: date) -> None:
    """Check every field of who is being entered.

    Raises:
        Unacceptable: with the field, what is wrong with it, and what to look at.
    """
    if asked.kind not in codes.PARTY_KINDS:
        raise Unacceptable(_("Say whether it is a person or a company."), field="kind")
    if asked.certificate_no:
        if asked.certificate_kind not in codes.CERTIFICATE_KINDS:
            raise Unacceptable(_("Say which kind of certificate it is."), field="certificate_kind")
        check_certificate(asked.certificate_kind, asked.certificate_no, asked.birth_date)
    if asked.phone:
        check_phone(asked.phone)
    if asked.birth_date is not None:
        check_birth_date(asked.birth_date, today)
    if not (asked.certificate_no or asked.phone or (asked.name and asked.birth_date)):
        raise Unacceptable(
            _("Give a certificate, a phone, or a name with the date of birth."),
            _("Without one of them nobody can be found."),
            field="certificate_no",
        )


def check_certificate(kind: str, number: str, birth_date: date | None = None, field: str = "certificate_no") -> None:
    """Check a certificate's number against its kind and, where it is given, the date of birth.

    Raises:
        Unacceptable: at ``field``, what is wrong with it, and what to look at.
    """
    wrong = rules.certificate_is_wrong(kind, number, birth_date)
    if wrong is None:
        return
    if kind == "identity_card":
        raise Unacceptable(*_IDENTITY[wrong](), field=field)
    if kind == "uscc":
        raise Unacceptable(*_CODE[wrong](), field=field)
    raise Unacceptable(_("A certificate number has 4 to 40 letters and digits."), field=field)


def check_phone(phone: str, field: str = "phone") -> None:
    """Check that somebody can have this phone.

    Raises:
        Unacceptable: at ``field``, what is wrong with it, and what to look at.
    """
    if wrong := rules.phone_is_wrong(phone):
        raise Unacceptable(*_PHONE[wrong](), field=field)


def check_birth_date(day: date, today: date, field: str = "birth_date") -> None:
    """Check that somebody alive can be born on ``day``.

    Raises:
        Unacceptable: at ``field``, what is wrong with it, and what to look at.
    """
    if wrong := rules.birth_is_wrong(day, today):
        raise Unacceptable(*_BIRTH[wrong](), field=field)


_IDENTITY = {
    Wrong.LENGTH: lambda: (_("An identity number has 18 places, an old one 15."), _("Count them again.")),
    Wrong.CHARACTERS: lambda: (
        _("An identity number is all digits; only the last place may be X."),
        _("Look for a letter that was typed for a digit."),
    ),
    Wrong.CHECK: lambda: (
        _("The last place of this identity number does not agree with the others."),
        _("One digit is wrong, or two are swapped: compare it with the card."),
    ),
    Wrong.BORN: lambda: (
        _("Places 7 to 14 of an identity number are the date of birth, and these are no date."),
        _("Compare them with the card."),
    ),
    Wrong.OTHER_BIRTH: lambda: (
        _("The identity number says another date of birth than the field."),
        _("Compare both with the card."),
    ),
    Wrong.OTHER_SEX: lambda: (_("The identity number says the other sex."), _("Compare both with the card.")),
}
_CODE = {
    Wrong.LENGTH: lambda: (_("A unified social credit code has 18 places."), _("Count them again.")),
    Wrong.CHARACTERS: lambda: (
        _("A unified social credit code has no I, O, S, V or Z."),
        _("Look for a letter that was typed for a digit."),
    ),
    Wrong.CHECK: lambda: (
        _("The last place of this credit code does not agree with the others."),
        _("One place is wrong, or two are swapped: compare it with the licence."),
    ),
}
_PHONE = {
    Wrong.CHARACTERS: lambda: (_("A phone number is digits, with + before a country's code."), ""),
    Wrong.LENGTH: lambda: (
        _("This is no phone number: a mobile has 11 digits and begins with 13 to 19."),
        _("Give a landline with its area code, a foreign number with its country's."),
    ),
}
_BIRTH = {
    Wrong.FUTURE: lambda: (_("This date of birth lies ahead."), _("Look at the year.")),
    Wrong.TOO_OLD: lambda: (_("Nobody is that old."), _("Look at the year.")),
}
