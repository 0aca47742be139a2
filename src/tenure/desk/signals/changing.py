"""Other rules, put before a second person: how the change is shown and how it comes into force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.contracts.signals import BY_NAME
from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict
from tenure.desk.control.models import Change
from tenure.desk.kit import formats
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.publication.current import pinned
from tenure.desk.signals.current_rules import in_force
from tenure.desk.signals.models import RuleSet
from tenure.desk.signals.rules import DEFAULTS, RULE_NAMES, Setting, Settings, settings_from
from tenure.desk.signals.trying import Tried, tried_from


def rule_name(name: str) -> str:
    """A signal rule's name in the reader's language."""
    rule = BY_NAME.get(name)
    if rule is None:
        return _("Noticed by a colleague")
    return rule.zh if formats.is_chinese(get_language() or "") else rule.en


def told(setting: Setting) -> str:
    """A rule's configuration in one line."""
    if not setting.on:
        return _("off")
    if not setting.amounts:
        return _("on")
    publication, language = pinned(), get_language() or ""
    currency = publication.currency if publication is not None else "CNY"
    return ", ".join(
        f"{code_name(tier, 'tier', language)} {formats.money(setting.amounts[tier], currency, language)}"
        for tier in codes.TIER_ORDER
    )


def lines_between(before: Settings, after: Settings) -> list[Line]:
    """What differs between two configurations, a line each."""
    found = [
        Line(rule_name(name), told(before.rules[name]), told(after.rules[name]))
        for name in RULE_NAMES
        if before.rules[name] != after.rules[name]
    ]
    for label, name in (
        (_("Many transactions: at least"), "count"),
        (_("Many transactions: within hours"), "hours"),
        (_("Escalates after minutes"), "escalate_minutes"),
    ):
        if getattr(before, name) != getattr(after, name):
            found.append(Line(label, str(getattr(before, name)), str(getattr(after, name))))
    return found


def figure(tried: Tried) -> str:
    """“214 times, 31 of them on private-banking customers”."""
    top = codes.TIER_ORDER[-1]
    tier = code_name(top, "tier", get_language() or "")
    return _("%(times)s times, %(top)s of them on customers of tier %(tier)s") % {
        "times": f"{tried.signals:,}",
        "top": f"{tried.of_tier(top):,}",
        "tier": tier,
    }


class _Rules:
    """The change kind; see ``control.changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_RULES

    def name(self) -> str:
        return _("Rules of signals")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        return _("on version %(n)s") % {"n": change.content["based_on"]}, reverse("signals:rules")

    def lines(self, change: Change, reader: User) -> list[Line]:
        after = settings_from(change.content["settings"])
        based_on = change.content["based_on"]
        stood = RuleSet.objects.filter(version=based_on).first()
        before = settings_from(stood.content) if stood is not None else DEFAULTS
        figures = {name: tried_from(kept) for name, kept in change.content["figures"].items()}
        label = _("Would have fired over the last month (%(n)s events)") % {"n": f"{figures['then'].events:,}"}
        return [*lines_between(before, after), Line(label, figure(figures["now"]), figure(figures["then"]))]

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        based_on = change.content["based_on"]
        if in_force().version != based_on:
            raise Conflict(_("Other rules came into force meanwhile."), _("Reject it; its maker repeats the change."))
        RuleSet.objects.create(
            version=based_on + 1,
            content=change.content["settings"],
            made_by=change.made_by,
            approved_by=checker,
            reason=change.reason,
            since=now,
        )
        return {"version": based_on + 1}

    def refused(self, change: Change, now: datetime) -> None:
        """Nothing was reserved."""


RULES = _Rules()
