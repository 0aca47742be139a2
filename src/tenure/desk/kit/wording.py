"""Words for what the night decided: why a customer is on the work list, and what a code means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tenure.contracts import codes, worklist
from tenure.desk.kit import formats

#: Every code list by the name pages call it by.
CODES: dict[str, dict[str, codes.Name]] = {
    "channel": codes.CHANNELS,
    # The night tells transfers between one's own accounts apart on the time line.
    "transaction": {**codes.TRANSACTION_KINDS, "same_name": codes.Name("同名转账", "Same-name transfer")},
    "category": codes.PRODUCT_CATEGORIES,
    "party_kind": codes.PARTY_KINDS,
    "consent": codes.CONSENTS,
    "consent_way": codes.CONSENT_WAYS,
    "purpose": codes.PURPOSES,
    "sex": codes.SEXES,
    "certificate": codes.CERTIFICATE_KINDS,
    "risk": codes.RISK_RATINGS,
    # Some are read from the other end: a company's people of “employer”, an owner's companies of “owner” …
    "relation": {
        **codes.RELATION_KINDS,
        "employee": codes.Name("员工", "Employee"),
        "owned": codes.Name("持股企业", "Company they own"),
        "represented": codes.Name("任法定代表人的企业", "Company they represent"),
        "surety_of": codes.Name("由其担保", "Guaranteed by them"),
    },
    "organisation": codes.ORGANISATION_KINDS,
    "role": codes.ROLES,
    "coverage": codes.COVERAGE_ROLES,
    "absence": codes.ABSENCES,
    "hand_over": codes.HAND_OVER_STATES,
    "handed": codes.HANDED_STATES,
    "telling": codes.TELLINGS,
    "holder": codes.HOLDER_ROLES,
    "interaction": codes.INTERACTION_KINDS,
    "outcome": codes.OUTCOMES,
    "complaint": codes.COMPLAINT_STATES,
    "moment": codes.MOMENTS,
    "survey_kind": codes.SURVEY_KINDS,
    "survey_state": codes.SURVEY_STATES,
    "survey_channel": {**codes.SURVEY_CHANNELS, "counter": codes.CHANNELS["counter"]},
    "survey_outcome": codes.SURVEY_OUTCOMES,
    "invitation_state": codes.INVITATION_STATES,
    "question_kind": codes.QUESTION_KINDS,
    "survey_measure": codes.SURVEY_MEASURES,
    "ticket": codes.TICKET_SERVICES,
    "redemption": codes.REDEMPTION_KINDS,
    "arm": codes.ARMS,
    "tier": codes.TIERS,
    "main_bank": codes.MAIN_BANK,
    "habit": codes.HABITS,
    "priority": codes.PRIORITIES,
    "opportunity_kind": codes.BUSINESS_KINDS,
    "business_amount": codes.BUSINESS_AMOUNTS,
    "stage": codes.OPPORTUNITY_STAGES,
    "opportunity": codes.OPPORTUNITY_STATES,
    "lost_reason": codes.LOST_REASONS,
    "opportunity_source": codes.OPPORTUNITY_SOURCES,
    "introduction": codes.INTRODUCTION_STATES,
    "introduction_reason": codes.INTRODUCTION_REASONS,
    "thanks": codes.THANKS,
    "path_tie": codes.PATH_TIES,
    "upkeep_kind": codes.UPKEEP_KINDS,
    "upkeep_state": codes.UPKEEP_STATES,
    "credit_part": codes.CREDIT_PARTS,
    "agreement": codes.AGREEMENT_STATES,
    "fact_kind": codes.FACT_KINDS,
    "known": codes.FACTS,
    "fact_source": codes.FACT_SOURCES,
    "answer_channel": codes.ANSWER_CHANNELS,
    "ticket_state": codes.TICKET_STATES,
    "reception": codes.RECEPTIONS,
    "business": codes.LOBBY_BUSINESS,
    "duplicate": codes.DUPLICATE_GRADES,
    "event": codes.EVENT_KINDS,
    "trait": codes.TRAITS,
    "signal_state": codes.SIGNAL_STATES,
    "signal_outcome": codes.SIGNAL_OUTCOMES,
    "demand": codes.DEMANDS,
    "demand_state": codes.DEMAND_STATES,
    "buying_role": codes.BUYING_ROLES,
    "attitude": codes.ATTITUDES,
    "buying_stage": codes.BUYING_STAGES,
    "purchase": codes.PURCHASE_STATES,
    "standing": codes.STANDINGS,
    "visit": codes.VISIT_STATES,
    "promise_side": codes.PROMISE_SIDES,
    "promise": codes.PROMISE_STATES,
    "trust_part": codes.TRUST_PARTS,
    "batch": codes.BATCHES,
    "solution": codes.SOLUTION_STATES,
    "sale_level": codes.SALE_LEVELS,
    "bundle_service": codes.BUNDLE_SERVICES,
    "request": codes.REQUEST_KINDS,
    "request_state": codes.REQUEST_STATES,
    "request_outcome": codes.REQUEST_OUTCOMES,
    "request_asker": codes.REQUEST_ASKERS,
    "identity_check": codes.IDENTITY_CHECKS,
    "case": codes.CASE_STATES,
    "case_source": codes.CASE_SOURCES,
    "case_cause": codes.CASE_CAUSES,
    "case_result": codes.CASE_RESULTS,
    "case_clock": codes.CASE_CLOCKS,
    "case_pause": codes.CASE_PAUSES,
    "case_step": codes.CASE_STEPS,
    "panel": codes.PANEL_STATES,
    "panel_member": codes.PANEL_MEMBER_STATES,
    "panel_session": codes.PANEL_SESSION_WAYS,
    "panel_attendance": codes.PANEL_ATTENDANCE,
    "panel_source": codes.PANEL_FEEDBACK_SOURCES,
    "panel_outcome": codes.PANEL_OUTCOMES,
    "panel_told": codes.PANEL_TOLD,
    "leaving_cause": codes.LEAVING_CAUSES,
    "exit": codes.EXIT_STATES,
    "exit_result": codes.EXIT_RESULTS,
    "win_back_decision": codes.WIN_BACK_DECISIONS,
    "win_back": codes.WIN_BACK_STATES,
    "win_back_result": codes.WIN_BACK_RESULTS,
    "voice_source": codes.VOICE_SOURCES,
    "theme_kind": codes.THEME_KINDS,
    "theme_correction": codes.THEME_CORRECTIONS,
    "improvement": codes.IMPROVEMENT_STATES,
    "improvement_kind": codes.IMPROVEMENT_KINDS,
    "improvement_step": codes.IMPROVEMENT_STEPS,
    "improvement_measure": codes.IMPROVEMENT_MEASURES,
    "measured": codes.MEASURED_VERDICTS,
    "function": codes.FUNCTIONS,
    "arrival": codes.ARRIVAL_STANDINGS,
    "concession": codes.CONCESSION_STATES,
    "concession_kind": codes.CONCESSION_KINDS,
    "complaint_letter": codes.LETTER_KINDS,
}
#: The night's steps, by the names the night gives them.
STEPS: dict[str, codes.Name] = {
    "landing": codes.Name("落地检查", "Landing"),
    "activity": codes.Name("交易活动", "Activity"),
    "balances": codes.Name("余额日均", "Balances"),
    "accounts": codes.Name("账户", "Accounts"),
    "history": codes.Name("历史月度", "History"),
    "figures": codes.Name("客户指标", "Figures"),
    "customers": codes.Name("客户", "Customers"),
    "people and branches": codes.Name("人员与机构", "People and branches"),
    "duplicates": codes.Name("重复客户", "Duplicates"),
    "time line": codes.Name("时间线", "Time line"),
    "work list": codes.Name("任务清单", "Work list"),
    "outlook": codes.Name("客户前景", "Outlook"),
    "insight": codes.Name("洞察", "Insight"),
    "causes": codes.Name("主题与改进", "Causes"),
    "branch figures": codes.Name("机构指标", "Branch figures"),
    "deliveries": codes.Name("数据批次", "Deliveries"),
    "sweep": codes.Name("清理", "Sweep"),
    "publication": codes.Name("发布", "Publication"),
}


def step_name(step: str, language: str) -> str:
    """A step of the night as people call it; its own name where this version knows no other."""
    name = STEPS.get(step)
    return step if name is None else (name.zh if formats.is_chinese(language) else name.en)


def code_name(value: str | None, kind: str, language: str) -> str:
    """The name of code ``value`` of list ``kind``; the code itself where the list has no such code."""
    if not value:
        return formats.NOTHING
    name = CODES[kind].get(value)
    if name is None:
        return value
    return name.zh if formats.is_chinese(language) else name.en


def reason(rule: worklist.Rule, facts: Mapping[str, Any], currency: str, language: str) -> str:
    """Why the customer is on the list: the rule's sentence with its facts in the reader's language.

    A fact the night left out is an em dash, so that one missing fact never hides the entry.
    """
    chinese = formats.is_chinese(language)
    template = rule.reason_zh if chinese else rule.reason_en
    return template.format(**{name: _fact(name, facts.get(name), currency, language) for name in rule.facts})


def _fact(name: str, value: Any, currency: str, language: str) -> str:
    if value is None:
        return formats.NOTHING
    if name.endswith("_amount"):
        return formats.money(int(value), currency, language)
    if name.endswith("_on"):
        return formats.day(value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10]), language)
    if name.endswith("_share"):
        return formats.share(float(value))
    if name in ("tier", "category"):
        return code_name(str(value), name, language)
    return str(value)


def rule_title(name: str, language: str) -> str:
    """The rule's short name; the rule's own code where this version does not know it."""
    rule = worklist.BY_NAME.get(name)
    return name if rule is None else (rule.zh if formats.is_chinese(language) else rule.en)


def to_do(name: str, language: str, facts: Mapping[str, Any] | None = None) -> str:
    """What the rule asks one to do; where it depends on the likeliest cause among ``facts``, that besides."""
    rule = worklist.BY_NAME.get(name)
    if rule is None:
        return ""
    chinese = formats.is_chinese(language)
    play = rule.plays.get(str((facts or {}).get("cause", "")))
    said = rule.do_zh if chinese else rule.do_en
    return said if play is None else f"{said}{'' if chinese else ' '}{play.zh if chinese else play.en}"
