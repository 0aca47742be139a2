"""The audit trail, for auditors: who did, saw and took out what, newest first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tenure.desk.control import selectors
from tenure.desk.kit.pages import signed_in

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
        "customer.list": _("Listed customers"),
        "customer.reveal": _("Revealed a value"),
        "export.request": _("Asked for an export"),
        "export.write": _("Export written"),
        "export.fetch": _("Fetched an export"),
        "contact.log": _("Logged a contact"),
        "contact.withdraw": _("Withdrew a contact"),
        "opportunity.open": _("Opened an opportunity"),
        "opportunity.move": _("Moved an opportunity"),
        "opportunity.edit": _("Corrected an opportunity"),
        "opportunity.win": _("Won an opportunity"),
        "opportunity.lose": _("Lost an opportunity"),
        "credit.propose": _("Proposed shares of credit"),
        "credit.agree": _("Agreed to shares of credit"),
        "credit.object": _("Objected to shares of credit"),
        "credit.take_back": _("Took back proposed shares"),
        "credit.dispute": _("Disputed shares of credit"),
        "credit.end": _("Ended credit early"),
        "entry.snooze": _("Snoozed an entry"),
        "entry.hand_over": _("Handed an entry over"),
        "entry.undo": _("Took an act back"),
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
        "token.create": _("Made a key"),
        "token.revoke": _("Ended a key"),
        "change.make": _("Made a change to be checked"),
        "change.approve": _("Approved a change"),
        "change.reject": _("Rejected a change"),
        "change.withdraw": _("Withdrew a change"),
        "job.run_again": _("Ran a job again"),
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
        event.told = [f"{name}: {_plain(value)}" for name, value in event.changes.items() if value not in ("", [], {})]
    return render(
        request,
        "control/trail.html",
        {"found": found, "asked": asked, "acts": [(act, names[act]) for act in ACTS]},
    )


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
