"""The audit trail, for auditors: who did, saw and took out what, newest first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tenure.contracts.published import CUSTOMER, HOLDING
from tenure.desk.control import selectors
from tenure.desk.kit import formats
from tenure.desk.kit.pages import signed_in

#: Columns a line may name as seen in the clear.
_COLUMNS = {column.name: column for table in (HOLDING, CUSTOMER) for column in table}
#: What one may narrow the trail to by its first word; an act is ``object.verb``.
ACTS = (
    "customer.open",
    "customer.list",
    "customer.reveal",
    "export.request",
    "export.fetch",
    "contact.log",
    "entry.hand_over",
    "user.sign_in",
    "user.sign_in_failed",
    "user.locked",
    "user.second_factor.enrol",
    "user.second_factor.reset",
    "user.second_factor.refused",
    "user.recovery_code",
    "user.deactivate",
    "user.unlock",
    "user.password_due",
    "user.give_post",
    "user.take_post",
    "token.create",
    "change.make",
    "change.approve",
    "change.reject",
)


def act_names() -> dict[str, str]:
    """Acts as people call them; the trail may hold others, which are shown as they are written."""
    return {
        "customer.open": _("Opened a customer"),
        "customer.card": _("Looked at a lobby card"),
        "customer.list": _("Listed customers"),
        "customer.reveal": _("Revealed a value"),
        "customer.propose_merge": _("Proposed a merge"),
        "customer.merge": _("Merged two entries"),
        "customer.undo_merge": _("Undid a merge"),
        "customer.tell_apart": _("Told two customers apart"),
        "customer.look_for": _("Looked for who is there already"),
        "customer.assign": _("Handed a customer over"),
        "customer.support": _("Changed a customer's team"),
        "customer.from_pool": _("Took a customer from the pool"),
        "customer.to_pool": _("Gave a customer back to the pool"),
        "customer.tell": _("Told a customer of their manager"),
        "portfolio.propose": _("Proposed a hand-over"),
        "portfolio.carry": _("Carried a hand-over out"),
        "portfolio.undo": _("Took a hand-over back"),
        "absence.pair": _("Named a stand-in"),
        "absence.note": _("Noted an absence"),
        "absence.end": _("Ended an absence"),
        "credit.pass_on": _("Passed credit for serving on"),
        "export.request": _("Asked for an export"),
        "export.write": _("Export written"),
        "export.fetch": _("Fetched an export"),
        "survey.make": _("Began a survey"),
        "survey.edit": _("Changed a survey's draft"),
        "survey.pause": _("Paused a survey"),
        "survey.resume": _("Let a survey go on"),
        "survey.close": _("Closed a survey"),
        "survey.answer": _("Answered a survey"),
        "survey.waves": _("Set the waves of a survey"),
        "survey.wave": _("A survey's wave began"),
        "survey.counter": _("Made a code for a counter"),
        "survey.counter_end": _("Ended a counter's code"),
        "contact.log": _("Logged a contact"),
        "contact.withdraw": _("Withdrew a contact"),
        "theme.rename": _("Renamed a theme"),
        "theme.merge": _("Merged a theme into another"),
        "theme.phrase": _("Moved a phrase to a theme"),
        "theme.text": _("Moved a customer's words to a theme"),
        "theme.undo": _("Took a correction of a theme back"),
        "improvement.propose": _("Proposed an improvement"),
        "improvement.edit": _("Changed a proposed improvement"),
        "improvement.ask": _("Put an improvement up for approval"),
        "improvement.approve": _("Approved an improvement"),
        "improvement.begin": _("Began an improvement"),
        "improvement.action": _("Agreed on an action of an improvement"),
        "improvement.done": _("Noted that an action of an improvement is done"),
        "improvement.hand_over": _("Handed an improvement over"),
        "improvement.measure": _("Took the measures of an improvement"),
        "improvement.keep": _("Kept an improvement"),
        "improvement.drop": _("Dropped an improvement"),
        "case.open": _("Opened a case"),
        "case.try": _("Did not reach an unhappy customer"),
        "case.acknowledge": _("Reached an unhappy customer"),
        "case.heard": _("Wrote down what a customer said"),
        "case.cause": _("Named the cause of a case"),
        "case.offered": _("Offered a solution"),
        "case.agreed": _("Noted that a customer agrees"),
        "case.refused": _("Noted that a customer does not agree"),
        "case.close": _("Closed a case"),
        "case.pause": _("Stopped the clocks of a case"),
        "case.resume": _("Let the clocks of a case run again"),
        "case.hand_over": _("Handed a case over"),
        "case.recuse": _("Stood aside from a case"),
        "complaint.take_in": _("Took a complaint in"),
        "complaint.join": _("Joined a complaint that came in again"),
        "complaint.split": _("Took two complaints apart"),
        "complaint.identify": _("Found who complained"),
        "complaint.settle": _("Settled a complaint of nobody known"),
        "complaint.subject": _("Said whom a complaint is about"),
        "complaint.code": _("Coded a complaint"),
        "complaint.concede": _("Conceded something on a complaint"),
        "complaint.letter": _("Wrote a letter on a complaint"),
        "case.extend": _("Gave a complaint more time"),
        "case.reopen": _("Opened a case again"),
        "case.warned": _("Warned that a case runs out of time"),
        "case.escalated": _("Told those above of an overdue case"),
        "exit.open": _("Opened an exit interview"),
        "exit.try": _("Did not reach a lost customer"),
        "exit.told": _("Wrote down why a customer left"),
        "exit.refused": _("Noted that a lost customer would not talk"),
        "exit.pass_on": _("Passed an exit interview on"),
        "exit.hand_over": _("Handed an exit interview over"),
        "win_back.note": _("Called to win a customer back"),
        "win_back.hand_over": _("Handed a win-back over"),
        "opportunity.open": _("Opened an opportunity"),
        "opportunity.move": _("Moved an opportunity"),
        "opportunity.edit": _("Corrected an opportunity"),
        "opportunity.win": _("Won an opportunity"),
        "opportunity.lose": _("Lost an opportunity"),
        "opportunity.reopen": _("Opened an opportunity again"),
        "introduction.ask": _("Asked for an introduction"),
        "introduction.name": _("Noted whom a customer named"),
        "introduction.contact": _("Reached who was named"),
        "introduction.convert": _("An introduction became a customer"),
        "introduction.end": _("Closed an introduction"),
        "introduction.thank": _("Thanked an introducer"),
        "upkeep.note": _("Noted upkeep"),
        "upkeep.withdraw": _("Took back upkeep"),
        "purchase.open": _("Noted what a company is buying"),
        "purchase.move": _("Moved a purchase on"),
        "purchase.close": _("Noted how a company decided"),
        "purchase.role": _("Noted who decides in a purchase"),
        "purchase.criteria": _("Changed a purchase's criteria"),
        "demand.note": _("Noted a demand"),
        "trust.judge": _("Judged a company's trust"),
        "negotiation.write": _("Wrote a negotiation sheet"),
        "negotiation.open": _("Opened a negotiation sheet"),
        "visit.plan": _("Planned a visit"),
        "visit.change": _("Changed a visit's plan"),
        "visit.cancel": _("Called a visit off"),
        "visit.report": _("Reported a visit"),
        "promise.settle": _("Settled a promise"),
        "batch.size": _("Sized business with a whole company"),
        "credit.propose": _("Proposed shares of credit"),
        "credit.agree": _("Agreed to shares of credit"),
        "credit.object": _("Objected to shares of credit"),
        "credit.take_back": _("Took back proposed shares"),
        "credit.dispute": _("Disputed shares of credit"),
        "credit.end": _("Ended credit early"),
        "consent.note": _("Noted a consent or refusal"),
        "consent.withdraw": _("Withdrew a note of consent"),
        "sheet.take_out": _("Took a workbook out"),
        "sheet.fetch": _("Fetched a workbook"),
        "sheet.bring_back": _("Brought a workbook back"),
        "sheet.work": _("Applied a workbook"),
        "sheet.undo": _("Took a workbook back"),
        "fact.add": _("Noted a fact"),
        "fact.replace": _("Replaced a fact"),
        "fact.retire": _("Retired a fact"),
        "fact.undo": _("Took a fact back"),
        "answers.give": _("Asked the questionnaire"),
        "answers.confirm": _("Confirmed a rating"),
        "answers.overrule": _("Took a rating lower"),
        "bundle.withdraw": _("Withdrew a bundle"),
        "solution.begin": _("Began a solution"),
        "solution.compose": _("Worked on a solution"),
        "solution.show": _("Showed a solution"),
        "solution.settle": _("Noted the answer to a solution"),
        "solution.drop": _("Dropped a solution"),
        "ticket.take": _("Queue ticket arrived"),
        "ticket.move": _("Queue ticket moved on"),
        "reception.log": _("Received a customer"),
        "reception.withdraw": _("Took a reception back"),
        "care.give": _("Gave care"),
        "care.skip": _("Left a care out"),
        "event.make": _("Made an event"),
        "event.change": _("Changed an event"),
        "event.cancel": _("Cancelled an event"),
        "event.invite": _("Invited customers"),
        "event.answer": _("Noted a guest's answer"),
        "statement.issue": _("Issued a statement"),
        "care.undo": _("Took care back"),
        "entry.snooze": _("Snoozed an entry"),
        "entry.hand_over": _("Handed an entry over"),
        "entry.undo": _("Took an act back"),
        "signal.add": _("Added a signal"),
        "signal.claim": _("Claimed a signal"),
        "signal.give_back": _("Gave a signal back"),
        "signal.close": _("Closed a signal"),
        "signal.lead_to": _("An opportunity came of a signal"),
        "signal.escalate": _("Signals escalated"),
        "signal.sound": _("Chose a sound"),
        "user.sign_in": _("Signed in"),
        "user.sign_out": _("Signed out"),
        "user.sign_in_failed": _("Wrong password"),
        "user.locked": _("Locked out"),
        "user.create": _("Made a user"),
        "user.password": _("Set a password"),
        "user.language": _("Chose a language"),
        "user.give_post": _("Gave a post"),
        "user.take_post": _("Took a post"),
        "user.deactivate": _("Deactivated a user"),
        "user.unlock": _("Let a user in again"),
        "user.password_due": _("Asked for a new password"),
        "user.address_waits": _("Tried from an address that must wait"),
        "user.sign_in_while_locked": _("Tried while locked out"),
        "user.password_refused": _("Wrong password at a change of it"),
        "user.second_factor.begin": _("Began a second factor"),
        "user.second_factor.enrol": _("Set up a second factor"),
        "user.second_factor.remove": _("Removed a second factor"),
        "user.second_factor.reset": _("Took someone's second factor away"),
        "user.second_factor.refused": _("Wrong code"),
        "user.recovery_code": _("Used a recovery code"),
        "user.recovery_codes": _("Made new recovery codes"),
        "user.oidc": _("Named by the bank's sign-in service"),
        "user.oidc_refused": _("Refused by way of the bank's sign-in service"),
        "user.outside_addresses": _("Refused from this network address"),
        "user.time_out": _("Put out after a time-out"),
        "user.sign_out_everywhere": _("Signed out everywhere"),
        "token.create": _("Made a key"),
        "token.revoke": _("Ended a key"),
        "change.make": _("Made a change to be checked"),
        "change.approve": _("Approved a change"),
        "change.reject": _("Rejected a change"),
        "change.withdraw": _("Withdrew a change"),
        "request.receive": _("Received a request about personal data"),
        "request.take_over": _("Took over a request"),
        "request.correct": _("Asked for a correction"),
        "request.withdraw_correction": _("Took a correction back"),
        "request.corrected": _("The bank's file was corrected"),
        "request.answer": _("Answered a request"),
        "request.write_copy": _("Wrote a copy of a person's data"),
        "request.fetch": _("Fetched a copy of a person's data"),
        "request.erase": _("Erased a person's data"),
        "request.forget_copies": _("Deleted copies past their time"),
        "request.lift": _("Let an erased customer come back"),
        "job.run_again": _("Ran a job again"),
        "message.send": _("Messages sent"),
        "message.send_again": _("Sent a message again"),
        "message.bounce": _("Messages that came back"),
        "job.put_back": _("Put back jobs whose worker was lost"),
    }


@never_cache
@signed_in
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """A stretch of the trail, narrowed to a person, an act, an object or a day."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("actor", "act", "key", "day", "before")}
    begin = _begin_of(asked["day"])
    found = selectors.audit_trail(
        request.user,
        actor=asked["actor"],
        act=asked["act"],
        key=asked["key"],
        since=begin,
        until=begin + dt.timedelta(days=1) if begin else None,
        before=int(asked["before"]) if asked["before"].isascii() and asked["before"].isdigit() else None,
    )
    names = act_names()
    for event in found.events:
        event.act_name = names.get(event.act, event.act)
        event.told = [_told(name, value) for name, value in event.changes.items() if value not in ("", [], {})]
    return render(
        request,
        "control/trail.html",
        {"found": found, "asked": asked, "acts": [(act, names[act]) for act in ACTS]},
    )


def _told(name: str, value: Any) -> str:
    """What a line says of itself, the commonest parts in the reader's words."""
    said = {
        "clear": _("seen in the clear"),
        "rows": _("rows shown"),
        "filter": _("narrowed to"),
        "by": _("by way of"),
        "language": _("language chosen"),
        "customer": _("about customer"),
        "kind": _("of kind"),
        "from": _("was before"),
        "to": _("is now"),
        "reason": _("because of"),
        "state": _("state now"),
    }
    if name == "clear" and isinstance(value, list):
        chinese = formats.is_chinese(get_language() or "en")
        names = [(_COLUMNS[one].zh if chinese else _COLUMNS[one].en) if one in _COLUMNS else str(one) for one in value]
        return f"{said[name]}: {('、' if chinese else ', ').join(names)}"
    return f"{said.get(name, name)}: {_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}={_plain(one)}" for name, one in value.items())
    return "—" if value is None else str(value)


def _begin_of(day: str) -> dt.datetime | None:
    try:
        return timezone.make_aware(dt.datetime.combine(dt.date.fromisoformat(day), dt.time.min))
    except (ValueError, OverflowError):
        return None
