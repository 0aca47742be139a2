"""The rules' form: its fields to a configuration and back. Amounts are typed in whole yuan, not in fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.contracts.signals import HAND
from tenure.desk.control.errors import Unacceptable
from tenure.desk.signals.changing import rule_name
from tenure.desk.signals.reliability import Reliability
from tenure.desk.signals.rules import ANY_AMOUNT, RULE_NAMES, Settings
from tenure.desk.signals.selectors import names_of_users
from tenure.desk.signals.trying import Tried


@dataclass(frozen=True, slots=True)
class Row:
    """A rule in the form: its name, whether it is on, its amounts by tier, what it did and how reliable it is."""

    name: str
    label: str
    on: bool
    amounts: tuple[tuple[str, str], ...]
    fired: int
    learned: Reliability


def content_of(post: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration a form holds, unchecked but for what is no number.

    Raises:
        Unacceptable: a field that should hold a number holds something else.
    """
    rules: dict[str, Any] = {}
    for name in RULE_NAMES:
        amounts = {}
        if name not in ANY_AMOUNT:
            amounts = {tier: _number(post, f"{name}.{tier}") * 100 for tier in codes.TIER_ORDER}
        rules[name] = {"on": post.get(f"{name}.on") == "1", "amounts": amounts}
    numbers = {name: _number(post, name) for name in ("count", "hours", "escalate_minutes")}
    return {"rules": rules, **numbers}


def version_of(post: Mapping[str, Any]) -> int:
    """The version the form was made from; -1, which none has, where it says none."""
    text = post.get("based_on", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def _number(post: Mapping[str, Any], name: str) -> int:
    text = str(post.get(name, "")).replace(",", "").replace("，", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 14):
        raise Unacceptable(
            _("“%(value)s” is no whole number.") % {"value": text[:20]}, _("Write it like 200,000."), field=name
        )
    return int(text)


def rows_of(settings: Settings, tried: Tried, learned: Mapping[str, Reliability]) -> list[Row]:
    """The form's rows."""
    return [
        Row(
            name,
            rule_name(name),
            settings.rules[name].on,
            tuple((tier, f"{amount // 100:,}") for tier, amount in _by_tier(settings.rules[name].amounts)),
            tried.of_rule(name),
            learned.get(name, learned[""]),
        )
        for name in RULE_NAMES
    ]


def _by_tier(amounts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(tier, amounts[tier]) for tier in codes.TIER_ORDER if tier in amounts]


def people_of(learned: Mapping[str, Reliability]) -> list[tuple[str, Reliability]]:
    """Colleagues who add signals and how reliable these are, the most active first."""
    numbers = {int(source.split(":")[1]): one for source, one in learned.items() if source.startswith(f"{HAND}:")}
    names = names_of_users(numbers)
    found = [(names.get(number, str(number)), one) for number, one in numbers.items()]
    return sorted(found, key=lambda pair: (-pair[1].closed, pair[0]))[:50]


def compared(before: Tried, after: Tried) -> list[tuple[str, int, int, list[tuple[int, int]]]]:
    """For each rule: its name, how often it fires now and would fire then, and the same by tier."""
    return [
        (
            rule_name(name),
            before.of_rule(name),
            after.of_rule(name),
            [
                (before.by_rule.get(name, {}).get(tier, 0), after.by_rule.get(name, {}).get(tier, 0))
                for tier in codes.TIER_ORDER
            ],
        )
        for name in RULE_NAMES
    ]
