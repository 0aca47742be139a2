"""Every address of the desk and every operation of the API, with arguments to call them with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.contracts import codes
from tenure.desk.api.v1 import api
from tenure.desk.corporate import rules as corporate
from tenure.desk.knowledge import questionnaires
from tenure.desk.org.rules import Permission
from tenure.desk.signals.rules import DEFAULTS

#: Who walks. What a role may do, and the words it reads, are the same on every database: on PostgreSQL three walk, who
#: see their own, a branch and everything, because there it is the queries that may fail.
ROLES = ("relationship_manager", "branch_head", "executive") if connection.vendor == "postgresql" else codes.ROLES
#: Parts of the tree that Django or a library serves and no row is behind.
NOT_OURS = ("api/", "static/")
_ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Page:
    """An address pattern of the pages: ``customers/<str:party_id>/``."""

    pattern: str
    name: str

    @property
    def arguments(self) -> list[str]:
        """``kind:name`` of every argument."""
        return [f"{found['kind'] or 'str'}:{found['name']}" for found in _ARGUMENT.finditer(self.pattern)]

    def filled(self, samples: dict[str, str]) -> str:
        """The address with ``samples`` for its arguments.

        Raises:
            KeyError: an argument nobody gave a sample for.
        """
        return "/" + _ARGUMENT.sub(lambda found: samples[f"{found['kind'] or 'str'}:{found['name']}"], self.pattern)


@cache
def pages() -> list[Page]:
    """Every page of the desk."""

    def below(resolver: URLResolver, prefix: str) -> Iterator[Page]:
        for one in resolver.url_patterns:
            pattern = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from below(one, pattern)
            elif isinstance(one, URLPattern) and not pattern.startswith(NOT_OURS):
                yield Page(pattern, one.name or "")

    return list(below(get_resolver(), ""))


def samples(bank: SmallBank, *, far: bool) -> dict[str, str]:
    """A sample for every kind of argument: rows of the owner's or, ``far``, of another branch's.

    Whoever adds an address with a new argument adds its sample here.
    """
    party = bank.far_party_id if far else bank.party_id
    nobody = "00000000-0000-4000-8000-000000000000"
    return {
        "str:party_id": party,
        # a company of the other branch: those of the owner's branch do not see it
        "str:company_id": "C000015",
        "uuid:purchase_id": nobody,
        "uuid:visit_id": nobody,
        "uuid:promise_id": nobody,
        "uuid:role_id": nobody,
        "str:other_id": "C000007",
        "int:merge_id": "999999",
        "str:key": bank.far_proposal_key if far else bank.proposal_key,
        "path:key": bank.far_proposal_key if far else bank.proposal_key,
        "str:org_id": "S2" if far else "S1",
        "slug:column": "phone",
        "slug:form": "snooze",
        "slug:place": "first",
        "int:number": "999999",
        "uuid:number": nobody,
        "str:number": nobody,
        "uuid:contact_id": nobody,
        "uuid:signal_id": nobody,
        "uuid:export_id": nobody,
        "uuid:change_id": nobody,
        "uuid:job_id": nobody,
        "uuid:case_id": nobody,
        "uuid:interview_id": nobody,
        "uuid:win_back_id": nobody,
        "uuid:improvement_id": nobody,
        "uuid:panel_id": nobody,
        "uuid:member_id": nobody,
        "uuid:session_id": nobody,
        "int:correction_id": "999999",
        "int:action_id": "999999",
        "uuid:complaint_id": nobody,
        "uuid:arrival_id": nobody,
        "uuid:letter_id": nobody,
        "uuid:message_id": nobody,
        "str:token": "a-link-there-is-not",
        "uuid:opportunity_id": nobody,
        "uuid:agreement_id": nobody,
        "uuid:introduction_id": nobody,
        "uuid:upkeep_id": nobody,
        "uuid:sheet_id": nobody,
        "uuid:handover_id": nobody,
        "uuid:absence_id": nobody,
        "int:line_id": "999999",
        "str:staff_id": "E3011" if far else "E2011",
        "uuid:solution_id": nobody,
        "slug:code": "steady-growth",
        "uuid:fact_id": nobody,
        "uuid:answers_id": nobody,
        "uuid:reception_id": nobody,
        "int:token_id": "999999",
        "slug:topic": "opinion",
        "str:topic": "opinion",
        "str:purpose": "marketing",
    }


_PLAN = {
    "title": "Shorter queues", "aim": "Half the waits", "owner": "E2001", "starts_on": "2026-07-01",
    "themes": ["waiting"], "treated": ["S1"],
}  # fmt: skip


_PANEL = {
    "title": "Renewal in one tap", "purpose": "See what is in the way", "owner": "E2001", "wanted": 6,
    "starts_on": "2026-07-01", "ends_on": "2026-08-01",
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """An operation of the API."""

    name: str
    method: str
    path: str
    takes_body: bool

    def filled(self, samples: dict[str, str]) -> str:
        """Its address with ``samples`` for its arguments."""
        by_name = {key.split(":")[1]: value for key, value in samples.items() if not key.startswith("path:")}
        return re.sub(r"\{(\w+)\}", lambda found: by_name[found[1]], self.path)


@cache
def operations() -> list[Operation]:
    """Every operation of the API, from its own description."""
    described = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return [
        Operation(told["operationId"], method, path, "requestBody" in told)
        for path, methods in described.items()
        for method, told in methods.items()
    ]


#: What an operation's caller must be allowed to do; None: nothing in particular, rows decide.
#: Whoever adds an operation says here what it asks for.
NEEDS: dict[str, Permission | None] = {
    "get_me": None,
    "list_customers": None,
    "get_customer": None,
    "list_holdings": None,
    "get_curve": None,
    "list_relations": None,
    "list_events": None,
    "list_consents": None,
    "note_consent": Permission.LOG_CONTACT,
    "reveal": Permission.VIEW_UNMASKED,
    "list_entries": None,
    "get_entry": None,
    "complete_entry": Permission.LOG_CONTACT,
    "snooze_entry": Permission.LOG_CONTACT,
    "hand_over_entry": Permission.HAND_OVER,
    "undo_entry": Permission.LOG_CONTACT,
    "log_contact": Permission.LOG_CONTACT,
    "get_contact": None,
    "list_care": Permission.LOG_CONTACT,
    "list_care_of_customer": Permission.LOG_CONTACT,
    "give_care": Permission.LOG_CONTACT,
    "skip_care": Permission.LOG_CONTACT,
    "undo_care": Permission.LOG_CONTACT,
    "list_care_events": Permission.MAKE_EVENTS,
    "make_event": Permission.MAKE_EVENTS,
    "get_care_event": Permission.MAKE_EVENTS,
    "change_event": Permission.MAKE_EVENTS,
    "cancel_event": Permission.MAKE_EVENTS,
    "invite_to_event": Permission.MAKE_EVENTS,
    "answer_invitation": Permission.MAKE_EVENTS,
    "list_balances": Permission.VIEW_CUSTOMERS,
    "list_statements": Permission.LOG_CONTACT,
    "issue_statement": Permission.LOG_CONTACT,
    "get_statement": Permission.LOG_CONTACT,
    "withdraw_contact": Permission.LOG_CONTACT,
    "list_contacts": None,
    "list_facts": None,
    "add_fact": Permission.LOG_CONTACT,
    "replace_fact": Permission.LOG_CONTACT,
    "retire_fact": Permission.LOG_CONTACT,
    "undo_fact": Permission.LOG_CONTACT,
    "get_network": None,
    "get_rating": None,
    "get_questionnaire": None,
    "list_answers": None,
    "give_answers": Permission.LOG_CONTACT,
    "confirm_answers": Permission.LOG_CONTACT,
    "overrule_rating": Permission.LOG_CONTACT,
    "take_ticket": Permission.LOG_CONTACT,
    "list_tickets": Permission.LOG_CONTACT,
    "get_lobby_card": Permission.LOG_CONTACT,
    "log_reception": Permission.LOG_CONTACT,
    "list_receptions": Permission.LOG_CONTACT,
    "withdraw_reception": Permission.LOG_CONTACT,
    "take_events": Permission.SEND_EVENTS,
    "take_moments": Permission.SEND_EVENTS,
    "list_surveys": Permission.VIEW_BRANCH,
    "get_survey": Permission.VIEW_BRANCH,
    "make_survey": Permission.MANAGE_SURVEYS,
    "edit_survey": Permission.MANAGE_SURVEYS,
    "propose_survey": Permission.MANAGE_SURVEYS,
    "move_survey": Permission.MANAGE_SURVEYS,
    "plan_survey_waves": Permission.MANAGE_SURVEYS,
    "list_survey_waves": Permission.VIEW_BRANCH,
    "list_signals": None,
    "get_signal_rules": Permission.MANAGE_RULES,
    "try_signal_rules": Permission.MANAGE_RULES,
    "propose_signal_rules": Permission.MANAGE_RULES,
    "get_signal": None,
    "add_signal": Permission.LOG_CONTACT,
    "claim_signal": Permission.LOG_CONTACT,
    "give_signal_back": Permission.LOG_CONTACT,
    "close_signal": Permission.LOG_CONTACT,
    "reopen_signal": Permission.LOG_CONTACT,
    "get_ahead": None,
    "get_topic": Permission.VIEW_BRANCH,
    "list_themes": Permission.VIEW_BRANCH,
    "list_theme_words": Permission.VIEW_BRANCH,
    "list_theme_corrections": Permission.VIEW_BRANCH,
    "correct_theme": Permission.MANAGE_CAUSES,
    "undo_theme_correction": Permission.MANAGE_CAUSES,
    "list_improvements": None,
    "propose_improvement": Permission.MANAGE_CAUSES,
    "get_improvement": None,
    "edit_improvement": None,
    "ask_improvement": None,
    "begin_improvement": None,
    "add_improvement_action": None,
    "finish_improvement_action": None,
    "hand_over_improvement": None,
    "take_improvement_measures": None,
    "end_improvement": None,
    "list_complaints": None,
    "take_complaints": Permission.LOG_CONTACT,
    "get_complaints_return": None,
    "get_complaint": None,
    "code_complaint": Permission.HANDLE_COMPLAINTS,
    "identify_complaint": Permission.HANDLE_COMPLAINTS,
    "list_waiting_arrivals": None,
    "decide_arrival": Permission.HANDLE_COMPLAINTS,
    "list_arrivals": None,
    "set_complaint_subject": Permission.HANDLE_COMPLAINTS,
    "settle_complaint": Permission.HANDLE_COMPLAINTS,
    "concede": Permission.HANDLE_COMPLAINTS,
    "write_complaint_letter": Permission.HANDLE_COMPLAINTS,
    "list_cases": None,
    "open_case": Permission.LOG_CONTACT,
    "get_week": None,
    "get_case": None,
    "list_case_clocks": None,
    "list_case_steps": None,
    "acknowledge_case": Permission.LOG_CONTACT,
    "listen_case": Permission.LOG_CONTACT,
    "name_case_cause": Permission.LOG_CONTACT,
    "offer_case": Permission.LOG_CONTACT,
    "agree_case": Permission.LOG_CONTACT,
    "close_case": Permission.LOG_CONTACT,
    "pause_case": Permission.LOG_CONTACT,
    "resume_case": Permission.LOG_CONTACT,
    "hand_over_case": Permission.LOG_CONTACT,
    "reopen_case": Permission.LOG_CONTACT,
    "recuse_case": Permission.LOG_CONTACT,
    "extend_case": Permission.LOG_CONTACT,
    "list_panels": None,
    "plan_panel": Permission.MANAGE_SURVEYS,
    "get_panel": None,
    "list_panel_members": None,
    "list_panel_feedback": None,
    "edit_panel": None,
    "ask_panel": None,
    "draw_panel": None,
    "hand_over_panel": None,
    "end_panel": None,
    "plan_panel_session": None,
    "decide_panel_feedback": None,
    "tell_panel": None,
    "cancel_panel_session": None,
    "answer_panel": Permission.LOG_CONTACT,
    "tell_panel_member": Permission.LOG_CONTACT,
    "note_panel_attendance": Permission.LOG_CONTACT,
    "note_panel_feedback": Permission.LOG_CONTACT,
    "list_interviews": None,
    "list_win_backs": None,
    "get_leaving_causes": None,
    "get_interview": None,
    "get_win_back": None,
    "try_interview": Permission.LOG_CONTACT,
    "write_interview": Permission.LOG_CONTACT,
    "refuse_interview": Permission.LOG_CONTACT,
    "pass_interview_on": Permission.LOG_CONTACT,
    "note_win_back": Permission.LOG_CONTACT,
    "list_opportunities": None,
    "open_opportunity": Permission.LOG_CONTACT,
    "get_pipeline": None,
    "list_stages": None,
    "get_opportunity": None,
    "list_steps": None,
    "move_opportunity": Permission.LOG_CONTACT,
    "edit_opportunity": Permission.LOG_CONTACT,
    "win_opportunity": Permission.LOG_CONTACT,
    "lose_opportunity": Permission.LOG_CONTACT,
    "reopen_opportunity": Permission.LOG_CONTACT,
    "list_introductions": None,
    "ask_introduction": Permission.LOG_CONTACT,
    "note_unasked_introduction": Permission.LOG_CONTACT,
    "get_introduction": None,
    "name_introduced": Permission.LOG_CONTACT,
    "contact_introduced": Permission.LOG_CONTACT,
    "convert_introduction": Permission.LOG_CONTACT,
    "end_introduction": Permission.LOG_CONTACT,
    "thank_introducer": Permission.LOG_CONTACT,
    "list_ways": None,
    "get_introducer_balance": None,
    "get_who_came": None,
    "list_upkeep": None,
    "note_upkeep": Permission.LOG_CONTACT,
    "withdraw_upkeep": Permission.LOG_CONTACT,
    "get_upkeep_year": None,
    "get_group": None,
    "list_demands": None,
    "note_demand": Permission.LOG_CONTACT,
    "list_purchases": None,
    "open_purchase": Permission.LOG_CONTACT,
    "get_purchase": None,
    "move_purchase": Permission.LOG_CONTACT,
    "close_purchase": Permission.LOG_CONTACT,
    "put_buying_role": Permission.LOG_CONTACT,
    "end_buying_role": Permission.LOG_CONTACT,
    "put_criteria": Permission.LOG_CONTACT,
    "get_negotiation": Permission.NEGOTIATE,
    "write_negotiation": Permission.NEGOTIATE,
    "list_company_visits": None,
    "plan_visit": Permission.LOG_CONTACT,
    "get_visit": None,
    "change_visit": Permission.LOG_CONTACT,
    "cancel_visit": Permission.LOG_CONTACT,
    "report_visit": Permission.LOG_CONTACT,
    "list_promises": None,
    "settle_promise": Permission.LOG_CONTACT,
    "list_trust": None,
    "judge_trust": Permission.LOG_CONTACT,
    "list_batch_business": None,
    "make_batch_opportunity": Permission.LOG_CONTACT,
    "list_agreements": None,
    "propose_shares": None,
    "end_credit": None,
    "list_waiting_agreements": None,
    "get_agreement": None,
    "answer_agreement": None,
    "dispute_agreement": None,
    "take_back_agreement": None,
    "get_credit": None,
    "get_team": None,
    "add_support": Permission.HAND_OVER,
    "end_support": Permission.HAND_OVER,
    "give_back_to_pool": Permission.HAND_OVER,
    "list_pool": None,
    "take_from_pool": Permission.HAND_OVER,
    "assign_from_pool": Permission.HAND_OVER,
    "list_absences": None,
    "note_absence": Permission.HAND_OVER,
    "end_absence": Permission.HAND_OVER,
    "list_stand_ins": None,
    "set_stand_in": Permission.HAND_OVER,
    "plan_hand_over": Permission.HAND_OVER,
    "propose_hand_over": Permission.HAND_OVER,
    "list_hand_overs": None,
    "get_hand_over": None,
    "undo_hand_over": Permission.HAND_OVER,
    "list_customers_to_tell": None,
    "tell_customer": Permission.LOG_CONTACT,
    "list_bundles": None,
    "propose_bundle": Permission.MANAGE_RULES,
    "withdraw_bundle": Permission.MANAGE_RULES,
    "get_fitting": None,
    "list_solutions": None,
    "begin_solution": Permission.LOG_CONTACT,
    "get_solution": None,
    "get_solution_page": None,
    "compose_solution": Permission.LOG_CONTACT,
    "show_solution": Permission.LOG_CONTACT,
    "settle_solution": Permission.LOG_CONTACT,
    "drop_solution": Permission.LOG_CONTACT,
    "get_selling": Permission.VIEW_BRANCH,
    "list_branches": Permission.VIEW_BRANCH,
    "get_branch": Permission.VIEW_BRANCH,
    "get_publication": None,
    "list_nights": Permission.VIEW_DATA,
    "list_batches": Permission.VIEW_DATA,
    "list_quarantine": Permission.VIEW_DATA,
    "list_tokens": None,
    "create_token": None,
    "revoke_token": None,
    "list_exports": None,
    "request_export": Permission.EXPORT_CUSTOMERS,
    "get_export": None,
    "get_export_file": None,
    "list_audit_events": Permission.VIEW_AUDIT,
    "list_duplicates": None,
    "find_same": Permission.LOG_CONTACT,
    "propose_merge": Permission.HAND_OVER,
    "list_merges": None,
    "undo_merge": Permission.CHECK_CUSTOMERS,
    "tell_apart": Permission.HAND_OVER,
    "list_changes": None,
    "get_change": None,
    "approve_change": None,
    "reject_change": None,
    "withdraw_change": None,
    "list_jobs": Permission.VIEW_DATA,
    "list_messages": Permission.VIEW_DATA,
    "send_message_again": Permission.RUN_JOBS,
    "take_bounces": Permission.SEND_EVENTS,
    "list_requests": None,
    "receive_request": Permission.LOG_CONTACT,
    "list_corrections": None,
    "get_request": None,
    "put_request_forward": Permission.HANDLE_REQUESTS,
    "ask_correction": Permission.HANDLE_REQUESTS,
    "answer_request": Permission.HANDLE_REQUESTS,
    "run_job_again": Permission.RUN_JOBS,
}


def care_due(party_id: str) -> dict[str, str]:
    """A care that may be due to a customer; which one does not matter to who may ask."""
    return {"party_id": party_id, "kind": "rhythm", "due_on": "2026-06-30"}


def handing_over(staff_id: str, tomorrow: str) -> dict[str, Any]:
    """All customers of an employee to a colleague."""
    return {"from_staff": staff_id, "to_staff": ["E2012"], "credit_from": tomorrow}


def body_of(operation: Operation, samples: dict[str, str], tomorrow: str) -> dict[str, Any]:
    """A request body the operation accepts.

    Raises:
        KeyError: an operation nobody gave a body for.
    """
    bodies: dict[str, dict[str, Any]] = {
        "take_bounces": {"bounces": [{"message": "00000000-0000-4000-8000-000000000000", "said": "550"}]},
        "reveal": {"columns": ["phone"], "reason": "to call them back"},
        "complete_entry": {"outcome": "interested", "words": "wants to meet"},
        "snooze_entry": {"until": tomorrow},
        "hand_over_entry": {"to_staff_id": "E2012", "reason": "on leave"},
        "log_contact": {"party_id": samples["str:party_id"], "kind": "call", "outcome": "done"},
        "open_opportunity": {
            "party_id": samples["str:party_id"],
            "kind": "deposit",
            "title": "three-year deposit",
            "amount": 50_000_000,
            "next_step": "call",
            "next_step_on": tomorrow,
        },
        "correct_theme": {"kind": "rename", "theme": "waiting", "name": "Too long a wait", "version": 1},
        "undo_theme_correction": {},
        "propose_improvement": {**_PLAN, "key": "a form"},
        "edit_improvement": {**_PLAN, "version": 1},
        "ask_improvement": {"version": 1, "reason": "customers wait too long"},
        "begin_improvement": {"version": 1},
        "add_improvement_action": {"version": 1, "words": "a second window", "owner": "E2001", "due_on": "2026-07-01"},
        "finish_improvement_action": {},
        "hand_over_improvement": {"version": 1, "to_staff": "E2012"},
        "take_improvement_measures": {"version": 1},
        "end_improvement": {"version": 1, "act": "drop", "words": "too dear"},
        "plan_panel": {**_PANEL, "key": "a form"},
        "edit_panel": {**_PANEL, "version": 1},
        "ask_panel": {"version": 1, "reason": "before the launch"},
        "draw_panel": {"version": 1},
        "hand_over_panel": {"version": 1, "to_staff": "E2012"},
        "end_panel": {"version": 1, "act": "drop", "words": "another time"},
        "plan_panel_session": {"version": 1, "at": "2026-07-01T10:00:00", "way": "branch", "place": "2nd floor"},
        "decide_panel_feedback": {
            "version": 1,
            "feedback": [samples["uuid:member_id"]],
            "kind": "taken_up",
            "words": "larger letters",
        },
        "tell_panel": {"version": 1},
        "cancel_panel_session": {},
        "answer_panel": {"version": 1, "answer": "accepted"},
        "tell_panel_member": {"version": 1, "how": "call"},
        "note_panel_attendance": {"state": "attended"},
        "note_panel_feedback": {"rating": 4, "words": "small letters"},
        "take_complaints": {
            "complaints": [
                {
                    "external_id": "hotline-1",
                    "channel": "A02",
                    "received_at": timezone.now().isoformat(),
                    "words": "waited an hour",
                    "party_id": samples["str:party_id"],
                }
            ]
        },
        "code_complaint": {"version": 1, "business": "B08", "cause": "C01"},
        "identify_complaint": {"version": 1, "party_id": samples["str:party_id"]},
        "decide_arrival": {"same": True},
        "set_complaint_subject": {"version": 1, "org_id": samples["str:org_id"], "concerns": "E2001"},
        "settle_complaint": {"version": 1, "words": "written to, nobody answered"},
        "concede": {"kind": "points", "amount": 1000, "reason": "sorry", "once": "1"},
        "write_complaint_letter": {"kind": "received", "once": "1"},
        "open_case": {"party_id": samples["str:party_id"], "words": "waited an hour"},
        "acknowledge_case": {"version": 1},
        "listen_case": {"version": 1, "words": "nobody came"},
        "name_case_cause": {"version": 1, "cause": "waiting"},
        "offer_case": {"version": 1, "words": "an appointment"},
        "agree_case": {"version": 1, "agrees": True},
        "close_case": {"version": 1, "result": "repaired", "action": "mended"},
        "pause_case": {"version": 1, "reason": "papers", "words": "statements"},
        "resume_case": {"version": 1},
        "hand_over_case": {"version": 1, "to_staff": "E2012"},
        "reopen_case": {"version": 1, "words": "again"},
        "extend_case": {"reason": "three branches are asked"},
        "recuse_case": {"version": 1, "words": "my cousin"},
        "try_interview": {"version": 1},
        "write_interview": {"version": 1, "cause": "fading", "words": "the app", "may_call": True},
        "refuse_interview": {"version": 1},
        "pass_interview_on": {"version": 1},
        "note_win_back": {"version": 1, "act": "talking", "words": "a better rate"},
        "move_opportunity": {"version": 1, "stage": "contacted"},
        "edit_opportunity": {"version": 1, "amount": 1000},
        "win_opportunity": {"version": 1},
        "lose_opportunity": {"version": 1, "reason": "price"},
        "reopen_opportunity": {"version": 1, "reason": "asked again", "next_step": "call", "next_step_on": tomorrow},
        "note_demand": {"demand": "selling", "state": "asked_yes"},
        "open_purchase": {
            "about": "a loan",
            "demand": "financing",
            "decision": "whom to ask",
            "decides_on": tomorrow,
        },
        "move_purchase": {"version": 1, "stage": "comparing"},
        "close_purchase": {"version": 1, "state": "ours"},
        "put_buying_role": {"version": 1, "role": "decider", "name": "周总"},
        "end_buying_role": {"version": 1},
        "put_criteria": {"version": 1, "criteria": [{"words": "price", "weight": 5}]},
        "write_negotiation": {"version": 0, "aims": "the payroll too", "limits": "3.2 %"},
        # whoever has no employee number of their own says who goes
        "plan_visit": {"aim": "see the looms", "on": tomorrow, "staff_ids": ["E3011"]},
        "change_visit": {"version": 1, "aim": "see the looms", "on": tomorrow, "staff_ids": ["E3011"]},
        "cancel_visit": {"version": 1},
        "report_visit": {"version": 1, "learned": "two banks asked", "outcome": "done"},
        "settle_promise": {"state": "kept"},
        "judge_trust": {"answers": {q: 5 for questions in corporate.TRUST_QUESTIONS.values() for q in questions}},
        "make_batch_opportunity": {
            "kind": "payroll",
            "amount": 1_000_000,
            "next_step": "ask for the list",
            "next_step_on": tomorrow,
        },
        "propose_shares": {
            "shares": [{"part": part, "staff_id": "E2011", "percent": 100} for part in ("found", "won", "serves")]
        },
        "end_credit": {"version": 1, "on": tomorrow, "reason": "handed over"},
        "answer_agreement": {"agrees": True},
        "dispute_agreement": {"words": "not as it was"},
        "ask_introduction": {"introducer_id": samples["str:party_id"], "about": "anyone who opens a business"},
        "note_unasked_introduction": {
            "introducer_id": samples["str:party_id"],
            "name": "赵敏",
            "phone": "13800000000",
            "may_call": True,
        },
        "name_introduced": {"version": 1, "name": "赵敏", "may_call": True},
        "contact_introduced": {"version": 1},
        "convert_introduction": {"version": 1, "party_id": samples["str:party_id"]},
        "end_introduction": {"version": 1, "reason": "not_now"},
        "note_upkeep": {
            "part": "user",
            "kind": "meal",
            "amount": 10_000,
            "spent_on": timezone.localdate().isoformat(),
            "purpose": "lunch after the training",
            "person": "赵敏",
            "official": False,
        },
        "thank_introducer": {"version": 1, "how": "call"},
        "propose_bundle": {
            "code": "steady-growth",
            "name_zh": "安心理财包",
            "name_en": "Steady growth",
            "needs": ["save"],
            "products": ["P02"],
            "owner": "E2011",
            "valid_from": tomorrow,
            "valid_until": tomorrow,
            "reason": "to check every address",
        },
        "withdraw_bundle": {"version": 1, "reason": "to check every address"},
        "begin_solution": {"party_id": samples["str:party_id"]},
        "compose_solution": {"version": 1, "needs": [], "items": []},
        "show_solution": {"version": 1, "valid_until": tomorrow},
        "settle_solution": {"version": 1, "answers": []},
        "drop_solution": {"version": 1},
        "take_events": {"events": [{"event_id": "walk"}]},
        "take_moments": {"moments": [{"event_id": "walk"}]},
        "make_survey": {"code": "counter-nps", "kind": "nps", "moment": "counter_service"},
        "edit_survey": {"content": {"questions": []}, "revision": 1},
        "propose_survey": {"reason": "to check every address", "revision": 1},
        "move_survey": {"act": "close", "revision": 1},
        "plan_survey_waves": {"revision": 1},
        "add_signal": {"party_id": samples["str:party_id"], "traits": ["asks_rates"]},
        "close_signal": {"outcome": "contacted"},
        "add_support": {"staff_id": "E2012"},
        "end_support": {"staff_id": "E2012"},
        "give_back_to_pool": {"reason": "moved away"},
        "assign_from_pool": {"staff_id": "E2012"},
        "note_absence": {
            "staff_id": samples["str:staff_id"],
            "first_on": tomorrow,
            "last_on": tomorrow,
            "kind": "leave",
            "stand_in": "E2012",
        },
        "end_absence": {"last_on": tomorrow},
        "set_stand_in": {"stand_in": "E2012"},
        "plan_hand_over": handing_over(samples["str:staff_id"], tomorrow),
        "propose_hand_over": {
            **handing_over(samples["str:staff_id"], tomorrow),
            "reason": "moves away",
            "external_id": str(uuid4()),
        },
        "undo_hand_over": {"reason": "stays"},
        "tell_customer": {"how": "call"},
        "give_care": {**care_due(samples["str:party_id"]), "outcome": "done"},
        "skip_care": {**care_due(samples["str:party_id"]), "reason": "on holiday"},
        "undo_care": care_due(samples["str:party_id"]),
        "issue_statement": {"advice": "Keep three months of spending at hand.", "form_key": str(uuid4())},
        "make_event": {
            "title": "Tea",
            "kind": "care",
            "on": tomorrow,
            "place": "hall",
            "capacity": 20,
            "form_key": str(uuid4()),
        },
        "change_event": {
            "version": 1,
            "title": "Tea",
            "kind": "care",
            "on": tomorrow,
            "place": "hall",
            "capacity": 20,
        },
        "cancel_event": {"reason": "rain"},
        "invite_to_event": {"party_ids": [samples["str:party_id"]]},
        "answer_invitation": {"party_id": samples["str:party_id"], "state": "accepted", "version": 1},
        "create_token": {"name": "walk", "scopes": ["work:read"]},
        "request_export": {"reason": "to check every address"},
        "note_consent": {"given": True, "way": "phone"},
        "find_same": {"name": "王芳", "birth_date": "1990-03-07"},
        "propose_merge": {
            "kept_id": samples["str:party_id"],
            "merged_id": samples["str:other_id"],
            "reason": "same card",
        },
        "undo_merge": {"reason": "two people after all"},
        "tell_apart": {"party_id": samples["str:party_id"], "other_id": samples["str:other_id"], "reason": "twins"},
        "approve_change": {},
        "reject_change": {"words": "not now"},
        "add_fact": {"code": "taste", "words": "drinks Longjing"},
        "replace_fact": {"words": "drinks Pu'er now", "version": 1},
        "retire_fact": {"version": 1},
        "give_answers": {"answers": {one.code: "b" for one in questionnaires.current().questions}},
        "overrule_rating": {"to": "R1", "reason": "about to retire", "version": 2},
        "take_ticket": {
            "ticket_id": "walk-1",
            "org_path": "/HQ/B1/S1/",
            "number": "A017",
            "taken_at": timezone.now().isoformat(),
            "service": "personal_cash",
        },
        "try_signal_rules": DEFAULTS.as_json() | {"escalate_minutes": 45},
        "propose_signal_rules": DEFAULTS.as_json() | {"escalate_minutes": 45, "reason": "too soon", "based_on": 0},
        "receive_request": {
            "party_id": samples["str:party_id"],
            "kind": "copy",
            "way": "phone",
            "identity": "callback",
        },
        "put_request_forward": {"reason": "identity checked"},
        "ask_correction": {"column": "phone", "should_be": "13900000000", "evidence": "said so in person"},
        "answer_request": {"outcome": "refused", "words": "not the person", "version": 1},
        "log_reception": {"party_id": samples["str:party_id"], "outcome": "served"},
    }
    return bodies[operation.name]
