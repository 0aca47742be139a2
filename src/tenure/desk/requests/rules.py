"""How long an answer may take, what is kept how long, and why. Pure: no database, no clock of its own.

A person may see, copy, correct and have erased what the bank holds about them, and have a decision explained (PIPL 24,
44–50). Erasure stops where a law tells the bank to keep (PIPL 47, last paragraph): then the data is only stored, and
used for nothing.
The periods below are the defaults of ``requests.toml``; the bank's compliance has the last word on each.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

#: Columns of the customer's contract that the core system keeps and a person may have corrected.
CORRECTABLE = (
    "name", "sex", "birth_date", "certificate_kind", "certificate_no", "phone", "email", "address", "occupation",
    "education",
)  # fmt: skip
#: Columns that name somebody else, or staff: left out of a copy, whoever it is.
OF_OTHERS = frozenset({
    "other_id", "employer_id", "target_id", "given_id", "converted_id", "staff_id", "lead_staff_id", "seen_by",
    "closed_by", "from_staff", "to_staff", "told_by",
    "person_id",  # who decides in a company: the desk's half of the copy tells them their part, not of which company
})  # fmt: skip
WORDS = 1000
ANSWER = 2000
EVIDENCE = (2, 300)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long rows are kept: ``years`` after the day they date from or after the relationship, and by which law."""

    years: int
    after: str  #: ``row`` or ``relation``
    zh: str
    en: str


_AML = (
    "《反洗钱法》（2024 年修订）第三十四条：客户身份资料在业务关系结束后至少保存十年",
    "Anti-Money-Laundering Law (2024), art. 34: at least ten years after the relationship ends",
)
_AML_TRANSACTIONS = (
    "《反洗钱法》（2024 年修订）第三十四条：交易信息在交易结束后至少保存十年",
    "Anti-Money-Laundering Law (2024), art. 34: at least ten years after the transaction",
)
_LIMITATION = (
    "《民法典》第一百八十八条：诉讼时效三年，本行须能举证",
    "Civil Code, art. 188: three years of limitation, within which the bank must be able to prove",
)
_SUITABILITY = (
    "《证券期货投资者适当性管理办法》第三十二条：匹配方案、告知警示资料保存不少于二十年",
    "Measures on investor suitability, art. 32: at least twenty years",
)
_NOTHING = ("没有保存的法律依据", "no law asks to keep it")

#: Default periods by name; ``requests.toml`` may change years and reasons.
RETENTION: dict[str, Retention] = {
    "identification": Retention(10, "relation", *_AML),
    "transactions": Retention(10, "relation", *_AML_TRANSACTIONS),
    "complaints": Retention(3, "row", *_LIMITATION),
    "contacts": Retention(3, "row", *_LIMITATION),
    "statements": Retention(3, "row", *_LIMITATION),
    "consents": Retention(3, "row", *_LIMITATION),
    "requests": Retention(3, "row", *_LIMITATION),
    "suitability": Retention(20, "row", *_SUITABILITY),
    "none": Retention(0, "row", *_NOTHING),
}

#: Tables of the lake: by which rule they are kept. Every table that names a person is here; a test compares.
LAKE_TABLES: dict[str, str] = {
    "party": "identification",
    "account": "transactions",
    "account_holder": "transactions",
    "standing_order": "transactions",
    "balance": "transactions",
    "transaction": "transactions",
    "relation": "none",
    "coverage": "none",
    "interaction": "contacts",
    "signal": "none",
    "complaint": "complaints",
    "survey_response": "none",
    "survey_invitation": "none",
    "queue_ticket": "none",
    "campaign_contact": "none",
    "redemption": "transactions",
    "consent": "consents",
    "party_merge": "identification",
    "assignment": "none",
    "known_fact": "none",
    "risk_answers": "suitability",
    "reception": "none",
    "care_act": "none",
    "statement": "statements",
    "invitation": "none",
    "opportunity": "none",
    "opportunity_step": "none",
    "credit_share": "none",
    "solution": "suitability",
    "solution_item": "suitability",
    "demand_note": "none",
    "purchase": "none",
    "purchase_step": "none",
    "buying_role": "none",
    "purchase_criterion": "none",
    "negotiation_sheet": "none",
    "negotiation_trade": "none",
    "company_visit": "none",
    "visit_promise": "none",
    "trust_check": "none",
    "batch_sizing": "none",
    "introduction": "none",
    "upkeep": "statements",
    "case": "complaints",
    "exit_interview": "contacts",
    "panel_member": "none",
    "panel_feedback": "none",
    "win_back": "none",
    "desk_complaint": "complaints",
    "concession": "complaints",
    "hand_over_line": "none",
}


@dataclass(frozen=True)
class Settings:
    """The bank's settings, see ``settings.settings_of``."""

    working_days: int = 15
    copy_days: int = 7
    give_notes: bool = False
    retention: Mapping[str, Retention] = field(default_factory=lambda: dict(RETENTION))


def add_years(day: date, years: int) -> date:
    """The same day ``years`` later; the 28th where there is no 29th of February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


#: Kept as long as the relationship lasts, and for the years after it: no day can be named yet.
WHILE_IT_LASTS = date.max


def kept_until(rule: Retention, row_day: date | None, left_on: date | None) -> date | None:
    """The first day on which a row may be erased; None: nothing keeps it at all.

    ``WHILE_IT_LASTS`` where the period begins with the end of a relationship that has not ended. A row without a day of
    its own dates from the end of the relationship.
    """
    if rule.years == 0:
        return None
    if rule.after == "relation" or row_day is None:
        return WHILE_IT_LASTS if left_on is None else add_years(left_on, rule.years)
    return add_years(row_day, rule.years)


def may_go(rule: Retention, row_day: date | None, left_on: date | None, today: date) -> bool:
    """Whether a row may be erased ``today``."""
    until = kept_until(rule, row_day, left_on)
    return until is None or until <= today


def digest_of(number: str, secret: str) -> str:
    """What the list of the erased keeps of a customer's number: HMAC-SHA256 with the installation's secret."""
    return hmac.new(f"tenure.suppressed:{secret}".encode(), number.encode(), sha256).hexdigest()


def pseudonym(number: str, secret: str) -> str:
    """What stands in place of the number where a row must stay without its person."""
    return f"erased-{digest_of(number, secret)[:20]}"
