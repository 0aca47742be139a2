"""Who is in the books twice: pairs of entries that share what two customers hardly share (certificate, phone, name).

Values are compared as they are meant, not as they were typed: full-width letters are half-width, an identity number of
15 digits is the one of 18 that replaced it (GB 11643), a phone has no country code, a company's name no legal form.
Three groupings over all entries and nothing quadratic: a value shared by more than :data:`SHARED_BY_MOST` entries, a
company's switchboard say, proves nothing and is left out. ``desk.parties.rules`` means the same by a value, for one
entry as it is typed; a test holds the two together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: A value that more entries share than this says nothing about any two of them.
SHARED_BY_MOST = 5
#: Full-width forms of ASCII, which Chinese input leaves behind, and what they mean; points in names are one point.
_WIDE = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "　•‧・"
_NARROW = "".join(chr(code) for code in range(0x21, 0x7F)) + " ···"
_BLANKS = r"\s+"
_ODD = r"[！-～　•‧・\s]"
#: Legal forms a company's name ends in: the longest first. “Limited” is written with and without them.
_LEGAL_FORM = (
    r"(股份有限责任公司|有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|公司"
    r"|,?(company|corporation|incorporated|co\.?,?(ltd|limited)|co|corp|inc|ltd|limited|llc)\.?)$"
)
_POINTS = r"[·.]"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def narrow(value: ir.StringValue) -> ir.StringValue:
    """``value`` with full-width forms as half-width ones, without any blank.

    What is plain already is only looked at: rewriting a million names takes ten seconds, looking at them one.
    """
    return ibis.ifelse(value.re_search(_ODD), value.translate(_WIDE, _NARROW).re_replace(_BLANKS, ""), value)


def certificate(number: ir.StringValue) -> ir.StringValue:
    """The certificate's letters and digits, as capitals."""
    plain = narrow(number).upper().re_replace(r"[^0-9A-Z]", "")
    return ibis.ifelse(number.re_search(r"^[0-9A-Z]*$"), number, plain)


def certificate_key(kind: ir.StringValue, plain: ir.StringValue) -> ir.StringValue:
    """What the certificate is known by; null where there is none. ``plain`` is :func:`certificate`.

    An identity card is known by its first 17 places, which the number of 15 digits gives as well: the 18th is their
    check (:func:`certificate_is_valid`).
    """
    old = plain.length() == 15
    body = ibis.ifelse(old, plain.substr(0, 6) + "19" + plain.substr(6, 9), plain.substr(0, 17))
    identity = (kind == "identity_card") & (old | (plain.length() == 18))
    return (kind + ":" + ibis.ifelse(identity, body, plain)).nullif(kind + ":")


def certificate_is_valid(kind: ir.StringValue, plain: ir.StringValue) -> ir.BooleanValue:
    """Whether the number can be one of its kind: an identity card has 15 digits, or 18 places that agree.

    Of kinds without a check of their own every number counts. ``plain`` is :func:`certificate`.
    """
    zero = ord("0")
    total = sum(
        ((plain.substr(place, 1).ascii_str() - zero) * weight for place, weight in enumerate(_WEIGHTS)),
        start=ibis.literal(0, "int64"),
    )
    check = ibis.literal(_CHECKS).substr((total % 11).cast("int64"), 1)
    new = plain.re_search(r"^[0-9]{17}[0-9X]$") & (plain.substr(17, 1) == check)
    return ibis.ifelse(kind == "identity_card", new | plain.re_search(r"^[0-9]{15}$"), plain.length() > 0)


def phone_key(phone: ir.StringValue) -> ir.StringValue:
    """The phone's digits without China's country code; null where there are fewer than seven."""
    digits = narrow(phone).re_replace(r"[^0-9]", "")
    digits = ibis.ifelse(digits.re_search(r"^(00)?861[0-9]{10}$"), digits.right(11), digits)
    written = ibis.ifelse(digits.length() >= 7, digits, ibis.null("string"))
    return ibis.ifelse(phone.re_search(r"^1[0-9]{10}$"), phone, written)


def name_key(kind: ir.StringValue, name: ir.StringValue) -> ir.StringValue:
    """The name in lower case without blanks and points; a company's without its legal form. Null where empty."""
    plain = narrow(name).lower()
    person = ibis.ifelse(plain.re_search(_POINTS), plain.re_replace(_POINTS, ""), plain)
    bare = plain.re_replace(_LEGAL_FORM, "").re_replace(r"[·.,()-]", "").nullif("")
    return ibis.ifelse(kind == "company", bare.coalesce(person), person).nullif("")


def identities(party: ir.Table) -> ir.Table:
    """Who an entry says it is, as :func:`find` compares it; ``party`` has the contract's columns, one row an entry."""
    read = party.select(
        "party_id",
        "kind",
        "birth_date",
        "certificate_kind",
        plain=certificate(party.certificate_no),
        phone=phone_key(party.phone),
        name=name_key(party.kind, party.name),
    )
    return read.mutate(certificate=certificate_key(read.certificate_kind, read.plain))


def find(read: ir.Table) -> ir.Table:
    """Pairs of entries that may be one customer: ``party_id`` < ``other_id``, ``grade``, ``agrees`` (JSON list).

    ``read`` is the frame of :func:`identities`. What agrees is among certificate, phone, name and birth_date. Two
    people with different valid certificates of one kind are two people: where they share phone and name, or phone and
    birthday, the grade is ``same_phone``, and nothing less is told. A person is never a company.
    """
    return judged(beside(read))


def judged(t: ir.Table) -> ir.Table:
    """The verdicts of :func:`find` on the pairs of :func:`beside`.

    Apart, so that a night may write the few pairs down first: check digits are then worked out for these alone, and
    no engine is handed the search for pairs and the arithmetic of certificates as one expression.
    """
    t = t.mutate(
        one_valid=certificate_is_valid(t.one_certificate_kind, t.one_plain).coalesce(False),
        other_valid=certificate_is_valid(t.other_certificate_kind, t.other_plain).coalesce(False),
    )
    both = t.one_valid & t.other_valid
    same = (t.one_certificate == t.other_certificate).coalesce(False)
    t = t.mutate(
        certificate=both & same,
        differ=both & ~same & (t.one_certificate_kind == t.other_certificate_kind),
        phone=t.by_phone,
        name=(t.one_name == t.other_name).coalesce(False),
        birth_date=(t.one_birth_date == t.other_birth_date).coalesce(False),
        unknown=t.one_birth_date.isnull() | t.other_birth_date.isnull(),
    )
    t = t.mutate(grade=_grade(t))
    listed = ibis.literal("")
    for name in ("certificate", "phone", "name", "birth_date"):
        listed = listed + ibis.ifelse(t[name], f',"{name}"', "")
    found = t.filter(t.grade.notnull())
    return found.select("party_id", "other_id", "grade", agrees=ibis.literal("[") + listed.substr(1) + "]")


def _pairs(read: ir.Table) -> ir.Table:
    """Every two entries that share a value few share, once; ``by_phone`` says whether the phone is one of them."""
    born = read.name + "|" + read.birth_date.cast("string")
    values = {"certificate": read.certificate, "phone": read.phone, "born": born}
    shared = ibis.union(
        *(
            read.select("party_id", by=ibis.literal(by), value=value).filter(ibis._.value.notnull())
            for by, value in values.items()
        )
    )
    counted = shared.group_by("by", "value").aggregate(entries=shared.count())
    few = counted.filter((counted.entries > 1) & (counted.entries <= SHARED_BY_MOST)).drop("entries")
    some = shared.semi_join(few, ["by", "value"])
    other = some.select(other_id="party_id", other_by="by", other_value="value")
    met = some.inner_join(other, [some.by == other.other_by, some.value == other.other_value])
    met = met.filter(met.party_id < met.other_id)
    return met.group_by("party_id", "other_id").aggregate(by_phone=(met.by == "phone").max())


def beside(read: ir.Table) -> ir.Table:
    """Pairs of entries of one kind that share a value few share, with who both say they are: ``one_…``, ``other_…``."""
    pairs = _pairs(read)
    one = read.rename({f"one_{name}": name for name in read.columns})
    other = read.rename({f"other_{'number' if name == 'party_id' else name}": name for name in read.columns})
    t = pairs.inner_join(one, pairs.party_id == one.one_party_id)
    t = t.inner_join(other, t.other_id == other.other_number)
    return t.filter(t.one_kind == t.other_kind)


def _grade(t: ir.Table) -> ir.StringValue:
    """How sure it is, by what agrees; null where it is nothing to show anybody."""
    by_phone = t.phone & (t.name | t.birth_date)
    return ibis.cases(
        (t.certificate & (t.name | t.birth_date), "certain"),
        (t.certificate, "likely"),
        (t.differ & by_phone, "same_phone"),
        (t.differ, ibis.null("string")),
        (t.phone & t.name & (t.birth_date | t.unknown), "likely"),
        (by_phone, "possible"),
        (t.name & t.birth_date, "possible"),
        else_=ibis.null("string"),
    )
