"""A new version of a bundle, put before a second person: how the change is shown and how it comes into force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.desk.control.changes.kinds import Line
from tenure.desk.control.errors import Conflict
from tenure.desk.control.models import Change
from tenure.desk.kit import formats
from tenure.desk.kit.wording import code_name
from tenure.desk.offers import rules, wording
from tenure.desk.offers.fitting import name_of, products_named
from tenure.desk.offers.models import Bundle
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission

#: What a version says, in the order in which a checker reads it.
FIELDS = (
    "name_zh", "name_en", "needs", "products", "services", "terms", "price", "currency", "owner", "valid_from",
    "valid_until",
)  # fmt: skip


def content_of(bundle: Bundle) -> dict[str, Any]:
    """What a version says, as JSON."""
    content = {name: getattr(bundle, name) for name in FIELDS}
    return {**content, "valid_from": bundle.valid_from.isoformat(), "valid_until": bundle.valid_until.isoformat()}


def newest(code: str) -> Bundle | None:
    """The newest version of a bundle, withdrawn or not."""
    return Bundle.objects.filter(code=code).order_by("-version").first()


def lines_between(before: dict[str, Any] | None, after: dict[str, Any]) -> list[Line]:
    """What differs between two versions, a line each; all that is said where there was none."""
    then, now = _told(before) if before else {}, _told(after)
    return [Line(label, then.get(label, ""), value) for label, value in now.items() if then.get(label) != value]


def _told(content: dict[str, Any]) -> dict[str, str]:
    language, currency = get_language() or "en", content["currency"]
    comma = _(", ")
    products = products_named(content["products"])
    asks = wording.asks_of(rules.terms_from(content["terms"]), currency)
    services = [
        f"{service_words(one)} ({formats.money(one['cost'], currency, language)})" for one in content["services"]
    ]
    return {
        _("Name in Chinese"): content["name_zh"],
        _("Name in English"): content["name_en"],
        _("Serves the needs"): comma.join(wording.need_name(one) for one in content["needs"]),
        _("Products"): comma.join(name_of(products[n]) if n in products else n for n in content["products"]),
        _("Services (cost to the bank a year)"): comma.join(services),
        _("Who may have it"): comma.join(asks),
        _("Price a year"): formats.money(content["price"], currency, language),
        _("Answers for it"): content["owner"],
        _("Valid from"): formats.day(date.fromisoformat(content["valid_from"]), language),
        _("Valid until"): formats.day(date.fromisoformat(content["valid_until"]), language),
    }


def service_words(service: dict[str, Any]) -> str:
    """A service of a bundle in the reader's language: its kind, and what exactly."""
    language = get_language() or "en"
    exactly = service["zh"] if formats.is_chinese(language) else service["en"] or service["zh"]
    name = code_name(service["code"], "bundle_service", language)
    return f"{name} · {exactly}" if exactly else name


class _Bundle:
    """The change kind; see ``control.changes.kinds.ChangeKind``."""

    checks = Permission.CHECK_RULES

    def name(self) -> str:
        return _("Bundle of products and services")

    def about(self, change: Change, reader: User) -> tuple[str, str]:
        content = change.content["bundle"]
        chinese = formats.is_chinese(get_language() or "en")
        name = content["name_zh"] if chinese else content["name_en"]
        told = _("%(name)s, version %(n)s") % {"name": name, "n": change.content["based_on"] + 1}
        return told, reverse("offers:bundles")

    def lines(self, change: Change, reader: User) -> list[Line]:
        stood = Bundle.objects.filter(code=change.subject_id, version=change.content["based_on"]).first()
        return lines_between(content_of(stood) if stood is not None else None, change.content["bundle"])

    def apply(self, change: Change, checker: User, now: datetime) -> dict[str, Any]:
        stood = newest(change.subject_id)
        version = stood.version if stood is not None else 0
        if version != change.content["based_on"]:
            raise Conflict(
                _("Another version came into force meanwhile."), _("Reject it; its maker repeats the change.")
            )
        content = change.content["bundle"]
        made = Bundle.objects.create(
            **{
                **content,
                "valid_from": date.fromisoformat(content["valid_from"]),
                "valid_until": date.fromisoformat(content["valid_until"]),
            },
            code=change.subject_id,
            version=version + 1,
            reason=change.reason,
            made_by=change.made_by,
            approved_by=checker,
            since=now,
        )
        return {"bundle": str(made.pk), "version": made.version}

    def refused(self, change: Change, now: datetime) -> None:
        """Nothing was reserved."""


BUNDLE = _Bundle()
