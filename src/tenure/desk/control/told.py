"""What a line of the trail says of itself, in the reader's words: the trail keeps codes, people read what they mean.

Nothing here touches a line: what is stored and sealed stays as it was written. A code no list knows is shown as it is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import signals, worklist
from tenure.contracts.columns import Column
from tenure.contracts.published import CUSTOMER, HOLDING
from tenure.desk.control.changes.kinds import name_of
from tenure.desk.kit import formats, wording
from tenure.desk.kit.wording import CODES

#: Columns a line may name as seen in the clear.
_COLUMNS: dict[str, Column] = {column.name: column for table in (HOLDING, CUSTOMER) for column in table}
#: Which list a part's codes are of, by the object acted on (the first word of the act), then by the part.
_LISTS: dict[str, dict[str, str]] = {
    "absence": {"kind": "absence"},
    "agreement": {"state": "agreement"},
    "case": {
        "state": "case", "source": "case_source", "cause": "case_cause", "result": "case_result", "clock": "case_clock",
        "reason": "case_pause",
    },
    "complaint": {"standing": "arrival"},
    "complaint.concede": {"kind": "concession_kind", "state": "concession"},
    "complaint.letter": {"kind": "complaint_letter"},
    "consent": {"purpose": "consent", "way": "consent_way"},
    "contact": {"kind": "interaction", "outcome": "outcome"},
    "credit": {"state": "agreement"},
    "customer": {"role": "coverage"},
    "customer.list": {
        "kind": "party_kind", "tier": "tier", "habit": "habit", "priority": "priority", "main_bank": "main_bank",
    },
    "customer.tell": {"how": "telling"},
    "demand": {"demand": "demand", "state": "demand_state"},
    "event.answer": {"before": "guest", "now": "guest"},
    "event": {"kind": "customer_event"},
    "exit": {"state": "exit", "cause": "leaving_cause", "decision": "win_back_decision", "result": "exit_result"},
    "fact": {"code": "known", "kind": "fact_kind", "source": "fact_source"},
    "improvement": {"state": "improvement", "kind": "improvement_kind"},
    "introduction": {"state": "introduction", "reason": "introduction_reason", "how": "thanks"},
    "opportunity": {
        "kind": "opportunity_kind", "from": "stage", "to": "stage", "stage": "stage", "reason": "lost_reason",
        "source": "opportunity_source",
    },
    "batch": {"kind": "batch"},
    "portfolio": {"state": "hand_over"},
    "promise": {"state": "promise"},
    "purchase": {
        "demand": "demand", "stage": "buying_stage", "from": "buying_stage", "to": "buying_stage", "state": "purchase",
        "role": "buying_role", "attitude": "attitude",
    },
    "reception": {"outcome": "reception", "advice": "reception_advice"},
    "request": {
        "kind": "request", "state": "request_state", "outcome": "request_outcome", "identity": "identity_check",
    },
    "answers": {"from": "risk", "to": "risk", "rating": "risk", "channel": "answer_channel"},
    "signal": {"outcome": "signal_outcome", "traits": "trait", "state": "signal_state"},
    "solution": {"state": "solution", "level": "sale_level", "reason": "lost_reason"},
    "survey": {"state": "survey_state", "kind": "survey_kind"},
    "theme": {"of": "theme_correction"},
    "ticket": {"state": "ticket_state", "service": "ticket", "to": "ticket_state", "from": "ticket_state"},
    "upkeep": {"part": "buying_role", "kind": "upkeep_kind", "state": "upkeep_state"},
    "user": {"role": "role"},
    "win_back": {"state": "win_back", "result": "win_back_result"},
}  # fmt: skip
#: A day, or a moment with its offset, as a line keeps them.
_ISO = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d)?")
#: Parts that are amounts in minor units of the bank's currency.
_AMOUNTS = frozenset({"amount", "won_amount"})


def told(act: str, changes: Mapping[str, Any], currency: str) -> list[str]:
    """Each part of a line as “what: how”, in the reader's language; parts that hold nothing are left out.

    Args:
        act: what was done, ``object.verb``.
        changes: as the line keeps them.
        currency: the bank's, in which amounts are.
    """
    names = _names(_language()) | ({"level": _("told up to level")} if act.startswith("case.") else {})
    return [
        f"{names.get(name, name)}: {_value(act, name, value, currency)}"
        for name, value in changes.items()
        if value not in ("", [], {}, None)
    ]


def _value(act: str, name: str, value: Any, currency: str) -> str:
    if isinstance(value, list):
        chinese = formats.is_chinese(_language())
        return ("、" if chinese else ", ").join(_value(act, name, one, currency) for one in value)
    if isinstance(value, dict):
        names = _names(_language())
        parts = (f"{names.get(part, part)} {_value(act, part, one, currency)}" for part, one in value.items())
        return ", ".join(parts)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return formats.NOTHING
    if name in _AMOUNTS and isinstance(value, int) and currency:
        return formats.money(value, currency, _language())
    return _word(act, name, value) if isinstance(value, str) else str(value)


def _word(act: str, name: str, value: str) -> str:
    language = _language()
    chinese = formats.is_chinese(language)
    subject = act.partition(".")[0]
    if name in ("clear", "columns", "column") and value in _COLUMNS:
        return _COLUMNS[value].zh if chinese else _COLUMNS[value].en
    if name == "rule":
        rule = (signals if subject == "signal" else worklist).BY_NAME.get(value)
        return value if rule is None else (rule.zh if chinese else rule.en)
    if subject == "change" and name == "kind":
        return name_of(value)
    listed = _own(language)
    own = {**listed.get(subject, {}), **listed.get(act, {})}.get(name, {})
    if value in own:
        return own[value]
    kind = _LISTS.get(act, {}).get(name) or _LISTS.get(subject, {}).get(name)
    if kind in CODES and value in CODES[kind]:
        return wording.code_name(value, kind, language)
    return _moment(value, language)


def _moment(value: str, language: str) -> str:
    """A day or a moment as people write it, in the bank's time; what is none stays as it is."""
    if not _ISO.fullmatch(value):
        return value
    try:
        if len(value) == len("2026-11-29"):
            return formats.day(dt.date.fromisoformat(value), language)
        return formats.moment(timezone.localtime(dt.datetime.fromisoformat(value)), language)
    except ValueError:
        return value


def _language() -> str:
    return get_language() or "en"


@cache
def _own(language: str) -> dict[str, dict[str, dict[str, str]]]:
    """Codes that stand in no list of the contracts: by object or act, then by part; in the reader's ``language``."""
    care = {
        "maturity": _("Maturity ahead"),
        "birthday": _("Birthday"),
        "lunar_birthday": _("Lunar birthday"),
        "founding": _("Founding day"),
        "anniversary": _("Anniversary with us"),
        "suitability": _("Risk test due"),
        "rhythm": _("Time for a contact"),
    }
    guests = {
        "invited": _("Invited"),
        "accepted": _("Accepted"),
        "declined": _("Declined"),
        "attended": _("Came"),
        "absent": _("Did not come"),
    }
    events = {"seminar": _("Seminar"), "product": _("Product event"), "care": _("Care event"), "other": _("Other")}
    entry = {"done": _("Done"), "snoozed": _("Snoozed"), "handed_over": _("Handed over")}
    checked = {
        "waiting": _("to be checked"),
        "approved": _("approved"),
        "rejected": _("rejected"),
        "withdrawn": _("withdrawn"),
    }
    advice = {"self_service": _("Self-service"), "counter": _("Counter")}
    lists = {
        "cases": _("Cases"),
        "complaints": _("Complaints"),
        "introductions": _("Introductions"),
        "opportunities": _("Opportunities"),
    }
    return {
        "care": {"care": care, "undone": {"done": _("Given"), "skipped": _("Left out")}},
        "entry": {"undone": entry},
        "event": {"kind": events},
        "event.answer": {"before": guests, "now": guests},
        "change": {"state": checked},
        "reception": {"advice": advice},
        "sheet": {"state": {"applied": _("in force"), "undone": _("taken back")}},
        "customer.list": {"of": lists},
        "user": {
            "by": {"password": _("password"), "oidc": _("the bank's sign-in service"), "code": _("code")},
            "language": {"zh-hans": "中文", "en": "English"},
        },
    }


@cache
def _names(language: str) -> dict[str, str]:
    """What parts of a line are called in the reader's ``language``: a page of the trail asks hundreds of times."""
    return {
        "about": _("about"),
        "absence": _("absence"),
        "action": _("action"),
        "advice": _("advised"),
        "agreed": _("agreed to"),
        "amount": _("amount"),
        "anonymous": _("anonymous"),
        "answers": _("answers"),
        "as_of": _("figures of"),
        "asked": _("was asked"),
        "asked_by": _("asked by"),
        "at": _("at"),
        "attendance": _("attendance"),
        "attitude": _("attitude"),
        "became": _("became customer"),
        "before": _("was before"),
        "bounced": _("came back"),
        "branch": _("branch"),
        "business": _("business"),
        "by": _("by way of"),
        "called_off": _("called off"),
        "capacity": _("seats"),
        "care": _("care"),
        "cause": _("cause"),
        "cells": _("cells"),
        "change": _("change"),
        "channel": _("channel"),
        "channels": _("channels"),
        "clear": _("seen in the clear"),
        "clock": _("clock"),
        "code": _("code"),
        "column": _("column"),
        "columns": _("columns"),
        "concession": _("concession"),
        "contact": _("contact"),
        "copies": _("copies"),
        "credit_until": _("credit until"),
        "customer": _("about customer"),
        "customers": _("which customers"),
        "decides_on": _("decides on"),
        "decision": _("decision"),
        "done": _("handed over"),
        "demand": _("demand"),
        "due_at": _("due at"),
        "due_on": _("due on"),
        "edition": _("edition"),
        "edits": _("cells that differ"),
        "eligible": _("could be asked"),
        "elsewhere": _("elsewhere"),
        "entry": _("entry of the work list"),
        "event": _("event"),
        "fact": _("fact"),
        "failures": _("failures"),
        "faults": _("cells that cannot be meant"),
        "feedback": _("feedback"),
        "filter": _("narrowed to"),
        "found": _("found"),
        "from": _("was before"),
        "given": _("agreed"),
        "habit": _("channel habit"),
        "hand_over": _("hand-over"),
        "hindered": _("hindered"),
        "how": _("how"),
        "identity": _("identity checked by"),
        "introducer": _("introducer"),
        "invited": _("invited"),
        "items": _("items"),
        "kind": _("of kind"),
        "known": _("known before"),
        "language": _("language chosen"),
        "left": _("left"),
        "letter": _("letter"),
        "level": _("level"),
        "listed": _("listed"),
        "main_bank": _("main bank"),
        "may_call": _("may be called"),
        "merged": _("merged entry"),
        "moment": _("moment"),
        "months": _("months"),
        "moved": _("changed meanwhile"),
        "name": _("name"),
        "needs": _("needs"),
        "next_step_on": _("next step on"),
        "next_wave_on": _("next wave on"),
        "now": _("is now"),
        "number": _("number"),
        "of": _("of"),
        "on": _("on"),
        "opportunity": _("opportunity"),
        "org_id": _("branch"),
        "org_path": _("branch"),
        "other": _("the other"),
        "outcome": _("outcome"),
        "over": _("above the limit"),
        "owner": _("belongs to"),
        "panel": _("panel"),
        "part": _("part played"),
        "participants": _("participants"),
        "person": _("person"),
        "place": _("place"),
        "priority": _("priority"),
        "problem": _("problem"),
        "promises": _("promises"),
        "purpose": _("purpose"),
        "questions": _("questions"),
        "quota": _("at most"),
        "rating": _("rating"),
        "reason": _("because of"),
        "reception": _("reception"),
        "refused": _("refused"),
        "result": _("result"),
        "role": _("role"),
        "round": _("round"),
        "rows": _("rows shown"),
        "rule": _("rule"),
        "scopes": _("scopes"),
        "sent": _("sent"),
        "serves": _("serves"),
        "service": _("service"),
        "session": _("session"),
        "share": _("share"),
        "signals": _("signals"),
        "sound": _("sound"),
        "source": _("source"),
        "span": _("span"),
        "staff": _("staff"),
        "staff_id": _("employee number"),
        "stage": _("stage"),
        "stand_in": _("stand-in"),
        "state": _("state now"),
        "statement": _("statement"),
        "stays": _("left where they are"),
        "survey": _("survey"),
        "table": _("edition of the codes"),
        "tables": _("tables"),
        "taken": _("taken in"),
        "target": _("whom to meet"),
        "task": _("task"),
        "tasks": _("tasks"),
        "ticket": _("ticket"),
        "tier": _("tier"),
        "title": _("title"),
        "to": _("is now"),
        "told": _("told to"),
        "traits": _("noticed"),
        "two_factors": _("two factors"),
        "undone": _("taken back"),
        "until": _("until"),
        "valid_days": _("valid for days"),
        "valid_until": _("valid until"),
        "version": _("version"),
        "wait_days": _("quiet days before"),
        "waiting": _("not moved yet"),
        "way": _("way"),
        "why": _("why"),
        "without_consent": _("left out for want of consent"),
        "won": _("won"),
        "words": _("in words"),
    }
