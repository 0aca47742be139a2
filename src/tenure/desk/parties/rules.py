"""Decisions about customers that need no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

#: What a list of customers tells of each; the rest is for one customer at a time, and that view is logged by name.
IN_LIST = (
    "party_id",
    "kind",
    "name",
    "phone",
    "org_id",
    "lead_staff_id",
    "tier",
    "near_tier",
    "near_gap",
    "currency",
    "aum",
    "aum_month_average",
    "aum_change_3m",
    "category_count",
    "tenure_months",
    "next_maturity_on",
    "next_maturity_amount",
    "main_bank",
    "habit",
    "payroll_months",
    "dormant",
    "score",
    "priority",
    "last_contact_on",
    "open_complaints",
)

#: What two entries are compared by, side by side, in the order a banker reads.
COMPARED = (
    "name",
    "kind",
    "sex",
    "birth_date",
    "certificate_kind",
    "certificate_no",
    "phone",
    "email",
    "address",
    "occupation",
    "employer_name",
    "annual_income",
    "risk_rating",
    "org_id",
    "lead_staff_id",
    "since",
    "left_on",
    "consent_marketing",
    "consent_experience",
    "consent_research",
    "tier",
    "aum",
    "product_count",
    "last_transaction_on",
    "last_contact_on",
)
_IDENTITY_CHECKS = "10X98765432"
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: The oldest person alive; who is older was typed wrong.
_OLDEST_YEARS = 130
_LEGAL_FORM = re.compile(
    r"(股份有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|公司"
    r"|,?(company|corporation|incorporated|co\.?,?(ltd|limited)|co|corp|inc|ltd|limited|llc)\.?)$"
)
#: Legal forms one company may be entered with: the same name may stand in the books with any of them.
LEGAL_FORMS = ("", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司", "公司")


def kept_counts(name: str, kept: Any, merged: Any) -> bool:
    """Whether of field ``name`` the kept entry's value stays when two are made one; the night decides alike.

    It stays wherever there is one, but for two things: who refused a consent in either entry has refused it, and the
    relationship began with the first of the two and goes on while either does.
    """
    if name == "left_on":  # none: still here
        return kept is None or (merged is not None and bool(kept >= merged))
    if kept is None or merged is None:
        return kept is not None or merged is None
    match name:
        case "consent_marketing" | "consent_experience" | "consent_research":
            return not kept or bool(merged)
        case "since":
            return bool(kept <= merged)
        case _:
            return True


class Wrong(StrEnum):
    """What is wrong with a value as it was typed."""

    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK = "check"
    BORN = "born"
    OTHER_BIRTH = "other_birth"
    OTHER_SEX = "other_sex"
    FUTURE = "future"
    TOO_OLD = "too_old"


def narrow(value: str) -> str:
    """``value`` with full-width forms as half-width ones (NFKC), without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", value))


def plain_certificate(number: str) -> str:
    """A certificate's letters and digits, as capitals."""
    return re.sub(r"[^0-9A-Z]", "", narrow(number).upper())


def identity_number(number: str) -> str:
    """An identity number of 15 digits as the 18 that replaced it (GB 11643); any other as it is."""
    plain = plain_certificate(number)
    if len(plain) == 15 and plain.isdigit():
        body = f"{plain[:6]}19{plain[6:]}"
        return body + _identity_check(body)
    return plain


def _identity_check(body: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_CHECKS[total % 11]


def certificate_is_wrong(kind: str, number: str, birth_date: date | None = None, sex: str = "") -> Wrong | None:
    """What is wrong with a certificate as it was typed; None where it can be one of its kind.

    Identity cards by GB 11643 (ISO 7064 mod 11-2), companies' credit codes by GB 32100 (mod 31); passports and others
    have no check, only a length.
    """
    plain = plain_certificate(number)
    if kind == "identity_card":
        return _identity_is_wrong(plain, birth_date, sex)
    if kind == "uscc":
        return _code_is_wrong(plain)
    return None if 4 <= len(plain) <= 40 else Wrong.LENGTH


def _identity_is_wrong(plain: str, birth_date: date | None, sex: str) -> Wrong | None:
    if len(plain) not in (15, 18):
        return Wrong.LENGTH
    if not (plain[:-1].isdigit() and (plain[-1].isdigit() or (len(plain) == 18 and plain[-1] == "X"))):
        return Wrong.CHARACTERS
    long = identity_number(plain)
    if len(plain) == 18 and _identity_check(plain[:17]) != plain[17]:
        return Wrong.CHECK
    try:
        born = date(int(long[6:10]), int(long[10:12]), int(long[12:14]))
    except ValueError:
        return Wrong.BORN
    if birth_date is not None and birth_date != born:
        return Wrong.OTHER_BIRTH
    if sex and sex != ("male" if int(long[16]) % 2 else "female"):
        return Wrong.OTHER_SEX
    return None


def _code_is_wrong(plain: str) -> Wrong | None:
    if len(plain) != 18:
        return Wrong.LENGTH
    if any(character not in _CODE_ALPHABET for character in plain):
        return Wrong.CHARACTERS
    total = sum(_CODE_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(plain[:17]))
    return None if _CODE_ALPHABET[(31 - total % 31) % 31] == plain[17] else Wrong.CHECK


def plain_phone(phone: str) -> str:
    """A phone's digits without China's country code."""
    digits = re.sub(r"[^0-9]", "", narrow(phone))
    return digits[-11:] if re.fullmatch(r"(00)?861[0-9]{10}", digits) else digits


def phone_is_wrong(phone: str) -> Wrong | None:
    """What is wrong with a phone as it was typed: 11 digits from 1 of a mobile, or a landline with its area code, or a
    foreign number with its country's."""
    if re.search(r"[^0-9+\-() ]", unicodedata.normalize("NFKC", phone).strip()):
        return Wrong.CHARACTERS
    digits = plain_phone(phone)
    if digits.startswith("1"):
        return None if re.fullmatch(r"1[3-9][0-9]{9}", digits) else Wrong.LENGTH
    return None if 7 <= len(digits) <= 15 else Wrong.LENGTH


def birth_is_wrong(birth_date: date, today: date) -> Wrong | None:
    """What is wrong with a birthday: it lies ahead, or nobody is that old."""
    if birth_date > today:
        return Wrong.FUTURE
    return Wrong.TOO_OLD if birth_date.year < today.year - _OLDEST_YEARS else None


def plain_name(kind: str, name: str) -> str:
    """A name as it is compared: lower case, no blanks, no points; a company's without its legal form."""
    plain = re.sub(r"[•‧・]", "·", narrow(name)).lower()
    if kind == "company":
        bare = re.sub(r"[·.,()-]", "", _LEGAL_FORM.sub("", plain))
        if bare:
            return bare
    return re.sub(r"[·.]", "", plain)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an entry says it is."""

    kind: str
    name: str = ""
    certificate_kind: str = ""
    certificate_no: str = ""
    phone: str = ""
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How sure it is that two entries are one customer (``codes.DUPLICATE_GRADES``), and what agrees."""

    grade: str
    agrees: tuple[str, ...]


def likeness(one: Identity, other: Identity) -> Likeness | None:
    """How much two entries are alike, as the night judges it; None where it is nothing to show anybody.

    The same judgement as ``tenure.insight.duplicates`` makes over all entries; a test holds the two together.
    """
    if one.kind != other.kind:
        return None
    valid = [
        bool(x.certificate_no) and certificate_is_wrong(x.certificate_kind or "other", x.certificate_no) is None
        for x in (one, other)
    ]
    numbers = [
        (x.certificate_kind, identity_number(x.certificate_no) if x.certificate_kind == "identity_card"
         else plain_certificate(x.certificate_no))
        for x in (one, other)
    ]  # fmt: skip
    certificate = all(valid) and numbers[0] == numbers[1]
    differ = all(valid) and not certificate and one.certificate_kind == other.certificate_kind
    phones = plain_phone(one.phone), plain_phone(other.phone)
    phone = len(phones[0]) >= 7 and phones[0] == phones[1]
    names = plain_name(one.kind, one.name), plain_name(other.kind, other.name)
    name = bool(names[0]) and names[0] == names[1]
    born = one.birth_date is not None and one.birth_date == other.birth_date
    unknown = one.birth_date is None or other.birth_date is None
    told = {"certificate": certificate, "phone": phone, "name": name, "birth_date": born}
    agrees = tuple(which for which, same in told.items() if same)
    by_phone = phone and (name or born)
    if certificate:
        return Likeness("certain" if name or born else "likely", agrees)
    if differ:
        return Likeness("same_phone", agrees) if by_phone else None
    if phone and name and (born or unknown):
        return Likeness("likely", agrees)
    return Likeness("possible", agrees) if by_phone or (name and born) else None


def common_path(one: str, other: str) -> str:
    """The lowest branch above both branch paths, or at them: ``/HQ/B1/`` for ``/HQ/B1/S1/`` and ``/HQ/B1/S2/``."""
    kept = "/"
    for ours, theirs in zip(one.strip("/").split("/"), other.strip("/").split("/"), strict=False):
        if ours != theirs or not ours:
            break
        kept += f"{ours}/"
    return kept


def standing_after(kept_of: Mapping[str, str]) -> dict[str, str]:
    """Who stands for each merged number, ``kept_of`` saying into whom each was merged; chains are followed.

    Raises:
        ValueError: a circle, which would leave nobody standing.
    """
    found = {}
    for number in kept_of:
        stands, seen = kept_of[number], {number}
        while stands in kept_of:
            if stands in seen:
                raise ValueError(f"{number} is merged in a circle")
            seen.add(stands)
            stands = kept_of[stands]
        if stands in seen:
            raise ValueError(f"{number} is merged in a circle")
        found[number] = stands
    return found
