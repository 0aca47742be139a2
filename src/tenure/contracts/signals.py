"""The rules that raise signals (S2): their names, and how a signal is worded from its facts.

The desk decides *whether* a rule fires (``desk.signals.rules``); this says *how it is told*, as
:mod:`tenure.contracts.worklist` does for the night's proposals and with the same kinds of facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tenure.contracts.worklist import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "large_deposit",
        "大额存入",
        "Large deposit",
        "存入 {event_amount}，达到 {threshold_amount} 的标准。",
        "{event_amount} came in; the rule asks for {threshold_amount}.",
        "致谢，了解资金来源与去向，商量安排。",
        "Thank them; learn what the money is for.",
        ("event_amount", "threshold_amount"),
    ),
    Rule(
        "large_withdrawal",
        "大额支取",
        "Large withdrawal",
        "支取或转出 {event_amount}，达到 {threshold_amount} 的标准。",
        "{event_amount} went out; the rule asks for {threshold_amount}.",
        "了解用途，必要时给出留存方案。",
        "Ask what it is for; offer a reason to stay.",
        ("event_amount", "threshold_amount"),
    ),
    Rule(
        "certificate_lost",
        "大额存单挂失",
        "Large certificate lost",
        "挂失存单 {event_amount}。",
        "A certificate of {event_amount} was reported lost.",
        "主动协助挂失、补办，安抚客户。",
        "Help with the replacement; reassure them.",
        ("event_amount",),
    ),
    Rule(
        "frequent",
        "频繁大额往来",
        "Many transactions, large sum",
        "{window_hours} 小时内 {events} 笔，合计 {sum_amount}。",
        "{events} transactions within {window_hours} hours, {sum_amount} in all.",
        "了解往来性质，推荐结算或现金管理。",
        "Learn what is behind it; think of settlement services.",
        ("window_hours", "events", "sum_amount"),
    ),
    Rule(
        "maturity_near",
        "即将到期",
        "Maturity near",
        "{event_amount} 即将到期。",
        "{event_amount} matures soon.",
        "到期前联系，确认去向。",
        "Call before it matures; agree where the money goes next.",
        ("event_amount",),
    ),
    Rule(
        "salary_stopped",
        "代发中断",
        "Salary stopped",
        "代发工资中断，此前每月 {event_amount}。",
        "The salary stopped; it was {event_amount} a month.",
        "问清原因：换工作、退休还是转行代发。",
        "Ask why: a new job, retirement, or another bank.",
        ("event_amount",),
    ),
    Rule(
        "same_name_outflow",
        "同名转出",
        "Same-name outflow",
        "向本人他行账户转出 {event_amount}，达到 {threshold_amount} 的标准。",
        "{event_amount} went to their own account elsewhere; the rule asks for {threshold_amount}.",
        "了解原因：利率、服务还是便利。",
        "Ask why: rate, service or convenience.",
        ("event_amount", "threshold_amount"),
    ),
    Rule(
        "first_purchase",
        "首次购买",
        "First of its kind",
        "首次购买{category}，金额 {event_amount}。",
        "First {category} ever, {event_amount}.",
        "致谢并说明后续服务。",
        "Thank them; explain what comes next.",
        ("category", "event_amount"),
    ),
)
BY_NAME = {rule.name: rule for rule in RULES}
#: Rules that fire at any amount, as they are told of an event that named none.
_WITHOUT_AMOUNT = {
    "salary_stopped": ("代发工资中断。", "The salary stopped."),
    "first_purchase": ("首次购买{category}。", "First {category} ever."),
}
#: The rule of a signal a person added.
HAND = "hand"


def rule_as_told(name: str, facts: Mapping[str, Any]) -> Rule | None:
    """The rule with the sentence that fits ``facts``; None where ``name`` is no rule, as of a signal a person added."""
    rule = BY_NAME.get(name)
    if rule is None or name not in _WITHOUT_AMOUNT or facts.get("event_amount") is not None:
        return rule
    zh, en = _WITHOUT_AMOUNT[name]
    return replace(rule, reason_zh=zh, reason_en=en, facts=tuple(one for one in rule.facts if one != "event_amount"))
