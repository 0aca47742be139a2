"""What is ahead with a customer, put together for the customer's page: leaving, value, needs, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenure.contracts import codes
from tenure.contracts.findings import Unit
from tenure.desk.control.consents import refused_since
from tenure.desk.findings import selectors, words
from tenure.desk.findings.written import Names, Writer
from tenure.desk.kit.charts import Chart, Series
from tenure.desk.org.models import User
from tenure.desk.org.selectors import staff_names
from tenure.desk.publication.current import pinned

#: Reasons and needs shown.
REASONS = 5
NEEDS = 6


def context(user: User, party_id: str, language: str) -> dict[str, Any]:
    """Everything the part shows to ``user``, worded."""
    found, publication = selectors.ahead(user, party_id), pinned()
    products = selectors.product_names((one.product_id for one in found.needs[:NEEDS]), language)
    currency = publication.currency if publication else ""
    nobody = Names({}, {}, {})
    attrition, value, needs, trap = (
        Writer(words.of(topic), language, currency, nobody) for topic in ("attrition", "value", "needs", "trap")
    )
    outlook = found.outlook
    refused = bool(refused_since("marketing", [party_id]))
    return {
        "party_id": party_id,
        "outlook": outlook,
        "survival": _survival(outlook, attrition),
        "cause": attrition.words.say(outlook.cause, language) if outlook and outlook.cause else "",
        "reasons": [_reason(one, attrition) for one in (outlook.reasons or [])[:REASONS]] if outlook else [],
        "parts": _parts(outlook, value),
        "quadrant": trap.words.say(outlook.quadrant, language) if outlook and outlook.quadrant else "",
        "needs": [_need(one, needs, products, refused) for one in found.needs[:NEEDS]],
        "lost": _lost(found.lost, attrition),
    }


def lost_context(user: User, party_id: str, language: str) -> dict[str, Any] | None:
    """The post-mortem of a customer ``user`` may see, worded as on the customer's page; None where there is none.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    publication = pinned()
    currency = publication.currency if publication else ""
    writer = Writer(words.of("attrition"), language, currency, Names({}, {}, {}))
    return _lost(selectors.lost(user, party_id), writer)


def needs_by_name(user: User, party_id: str, language: str, *, refused: bool) -> dict[str, dict[str, Any]]:
    """Every published need of a customer by its code, worded as on the customer's page.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    publication, found = pinned(), selectors.needs(user, party_id)
    products = selectors.product_names((one.product_id for one in found), language)
    writer = Writer(words.of("needs"), language, publication.currency if publication else "", Names({}, {}, {}))
    return {one.need: _need(one, writer, products, refused) for one in found}


def _survival(outlook: Any | None, writer: Writer) -> Chart | None:
    if outlook is None or not outlook.survival:
        return None
    return Chart(
        id="survival",
        title=writer.words.say("survival", writer.language),
        kind="area",
        categories=[writer.cell(month, Unit.MONTHS).text for month in range(len(outlook.survival) + 1)],
        series=[Series(writer.words.say("survival", writer.language), [1.0, *outlook.survival], "accent")],
        measure="share",
        first_column=writer.words.say("months_ahead", writer.language),
    )


def _reason(reason: dict[str, Any], writer: Writer) -> dict[str, Any]:
    """A reason's sentence with its value; positive contributions speak for leaving, negative ones for staying."""
    unit = Unit(reason["unit"]) if reason.get("unit") else Unit.NUMBER
    text = writer.cell(reason.get("value"), unit).text
    return {
        "text": writer.words.say(reason["code"], writer.language).replace("{value}", text),
        "contribution": reason["contribution"],
        "leaving": reason["contribution"] > 0,
    }


def _parts(outlook: Any | None, writer: Writer) -> list[dict[str, Any]]:
    if outlook is None or outlook.value is None or not outlook.value_parts:
        return []
    return [
        {"label": writer.words.say(code, writer.language), "amount": amount}
        for code, amount in outlook.value_parts.items()
        if amount
    ]


def _need(row: Any, writer: Writer, products: Mapping[str, str], refused: bool) -> dict[str, Any]:
    # Who refused marketing at the desk since the night is asked first, whatever the night's gate said.
    gate = "no_consent" if refused and row.gate == "ok" else row.gate
    return {
        "row": row,
        "product": products.get(row.product_id, ""),
        "need": writer.words.say(row.need, writer.language),
        "open": gate == "ok",
        "business": gate == "ok" and row.category in codes.BUSINESS_OF_CATEGORY,
        "gate": writer.words.say(f"gate_{gate}", writer.language),
        "trigger": writer.words.say(f"trigger_{row.trigger}", writer.language) if row.trigger else "",
        "evidence": [
            writer.words.say(f"seen_{one['code']}", writer.language).replace(
                "{value}", writer.cell(one.get("value"), Unit(one["unit"]) if one.get("unit") else Unit.NUMBER).text
            )
            for one in row.evidence or []
        ],
    }


def _lost(row: Any | None, writer: Writer) -> dict[str, Any] | None:
    if row is None:
        return None
    say, language = writer.words.say, writer.language
    heard = row.contacts or []
    names = staff_names(one["staff_id"] for one in heard)
    return {
        "row": row,
        "definition": say(f"lost_{row.definition}", language),
        "cause": say(row.cause, language) if row.cause else "",
        "changes": [_change(one, writer) for one in row.changes or []],
        "in_touch": say("in_touch", language),
        "contacts": [_contact(one, names, writer) for one in heard],
        "nobody": "" if heard else say("nobody_in_touch", language),
    }


def _change(change: dict[str, Any], writer: Writer) -> str:
    """What changed, from the mean of the months before to the month of the loss; a sentence where there are no two."""
    sign, now, past = f"sign_{change.get('feature')}", change.get("value"), change.get("past")
    unit = Unit(change["unit"]) if change.get("unit") else Unit.NUMBER
    yes_or_no = not str(change["code"]).startswith("of_")
    if past is None or now is None or yes_or_no or unit is Unit.TIER or sign not in writer.words.words:
        return str(_reason({**change, "contribution": 1}, writer)["text"])
    before, after = writer.cell(past, unit).text, writer.cell(now, unit).text
    if before == after:  # a mean of a few may differ by less than one
        before, after = (writer.cell(one, Unit.NUMBER).text for one in (past, now))
    said = writer.words.say("from_to", writer.language)
    return said.format(sign=writer.words.say(sign, writer.language), past=before, value=after)


def _contact(contact: dict[str, Any], names: Mapping[str, str], writer: Writer) -> str:
    said, staff = writer.words.say("was_in_touch", writer.language), contact["staff_id"]
    count, last = writer.cell(contact["contacts"], Unit.COUNT), writer.cell(contact["last_on"], Unit.DATE)
    return said.format(staff=names.get(staff, staff), n=count.text, day=last.text)
