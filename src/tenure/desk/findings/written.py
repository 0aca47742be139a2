"""Findings written out for a reader: numbers as people write them, codes by their words, customers masked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tenure.contracts.codes import Name
from tenure.contracts.findings import Unit
from tenure.contracts.published import CUSTOMER, TIMELINE
from tenure.desk.control.masking import masked
from tenure.desk.findings import selectors
from tenure.desk.findings.words import TopicWords, in_language
from tenure.desk.kit import formats
from tenure.desk.kit.charts import Chart, Measure, Series
from tenure.desk.kit.wording import code_name
from tenure.desk.org.models import User
from tenure.desk.org.rules import NOBODY, Reach
from tenure.desk.org.selectors import branch_names, reach_of, staff_names

_CODED = {Unit.CATEGORY: "category", Unit.TIER: "tier", Unit.CHANNEL: "channel"}
#: Units whose cells stand to the left.
_WORDS = {
    Unit.CODE, Unit.BANK_CODE, Unit.CATEGORY, Unit.TIER, Unit.CHANNEL, Unit.ORG, Unit.STAFF, Unit.PARTY, Unit.TEXT,
    Unit.WORDS,
}  # fmt: skip
#: Units of figures: where a code stands in their place, it says why there is none.
_FIGURES = {
    Unit.MONEY, Unit.SHARE, Unit.POINTS, Unit.SPREAD, Unit.COUNT, Unit.NUMBER, Unit.MONTHS, Unit.DAYS, Unit.SECONDS,
}  # fmt: skip
#: What heads the first column of a chart's table: a code of the common words.
_ALONG = {
    Unit.MONTH: "month", Unit.MONTHS: "along_months", Unit.DATE: "along_dates", Unit.COUNT: "along_numbers",
    Unit.CODE: "along_items", Unit.TIER: "tier", Unit.ORG: "branch",
}  # fmt: skip
#: Numbers that machines give and nobody reads, and the line that puts all together.
_UNREAD = re.compile(r"all|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MEASURES: dict[Unit, Measure] = {Unit.MONEY: "money", Unit.SHARE: "share", Unit.COUNT: "count", Unit.POINTS: "points"}


@dataclass(frozen=True, slots=True)
class Written:
    """A value as text; its interval beside it; where a click leads; whether it is a number."""

    text: str
    interval: str = ""
    party_id: str = ""
    tier: str = ""
    number: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """Names of the branches, employees and customers that findings mention, as the reader may see them."""

    branches: Mapping[str, str]
    staff: Mapping[str, str]
    customers: Mapping[str, str]
    reach: Reach = NOBODY


@dataclass(frozen=True)
class Writer:
    """Writes a topic's sections in one language."""

    words: TopicWords
    language: str
    currency: str
    names: Names
    own: Mapping[str, list[str]] = field(default_factory=dict)

    def section(self, body: dict[str, Any], number: int = 0) -> dict[str, Any]:
        """A section as the template shows it."""
        if body.get("names") and not self.own:
            return replace(self, own=body["names"]).section(body, number)
        shown: dict[str, Any] = {
            "kind": body["kind"],
            "title": self.words.say(body["code"], self.language),
            "verdict": self.verdict(body.get("verdict")),
            "tone": (body.get("verdict") or {}).get("tone", ""),
        }
        if body["kind"] == "figures":
            shown["figures"] = [self._figure(one) for one in body["figures"]]
        elif body["kind"] == "grid":
            units = [Unit(unit) for _code, unit in body["columns"]]
            shown["columns"] = [
                (self.words.say(code, self.language), unit not in _WORDS)
                for (code, _), unit in zip(body["columns"], units, strict=True)
            ]
            labels = [label for label, _ in shown["columns"]]
            shown["rows"] = [
                [(label, self.cell(value, unit)) for label, value, unit in zip(labels, row, units, strict=True)]
                for row in body["rows"]
            ]
        else:
            shown["chart"] = self._chart(body, number)
        return shown

    def verdict(self, verdict: dict[str, Any] | None) -> str:
        """A verdict's sentence with its numbers."""
        if not verdict:
            return ""
        numbers = {name: self.cell(value, Unit(unit)).text for name, (unit, value) in verdict["numbers"].items()}
        return self.words.say(verdict["code"], self.language).format_map(_Known(numbers))

    def cell(self, value: Any, unit: Unit) -> Written:
        """A cell as text."""
        if isinstance(value, list):
            point, low, high = value
            between = "" if low is None or high is None else f"{self._text(low, unit)} … {self._text(high, unit)}"
            return Written(self._text(point, unit), between)
        if value is None:
            return Written(formats.NOTHING, number=unit not in _WORDS)
        if isinstance(value, str) and unit in _FIGURES:  # why there is no figure
            return Written(self.words.say(value, self.language))
        if unit is Unit.PARTY:
            known = self.names.customers.get(value)
            return Written(known or formats.NOTHING, party_id=value if known else "", number=False)
        if unit is Unit.WORDS:
            return Written(str(masked(value, TIMELINE["words"], self.names.reach)), number=False)
        if unit is Unit.TIER:
            return Written(code_name(value, "tier", self.language), tier=value, number=False)
        return Written(self._text(value, unit), number=unit not in _WORDS)

    def _figure(self, figure: dict[str, Any]) -> dict[str, Any]:
        unit, low, high = Unit(figure["unit"]), figure["low"], figure["high"]
        value = figure["value"] if low is None else [figure["value"], low, high]
        return {
            "label": self.words.say(figure["code"], self.language),
            "value": self.cell(value, unit),
            "n": figure["n"],
        }

    def _text(self, value: Any, unit: Unit) -> str:
        if value is None:
            return formats.NOTHING
        if unit in _CODED:
            return code_name(str(value), _CODED[unit], self.language)
        match unit:
            case Unit.CODE:
                return self.words.say(str(value), self.language)
            case Unit.ORG:
                return self.names.branches.get(str(value), str(value))
            case Unit.STAFF:
                return self.names.staff.get(str(value), str(value))
            case Unit.BANK_CODE:
                return self._named(str(value))
            case Unit.TEXT:
                return str(value)
            case Unit.MONTH:
                return formats.month(str(value), self.language)
            case Unit.DATE:
                return formats.day_iso(str(value), self.language)
        return formats.number(value, unit.value, self.currency, self.language)

    def _named(self, code: str) -> str:
        """A code of the bank's own, with the name that the bank gave it; alone where the code is no one's to read."""
        if code not in self.own:
            return code
        name = in_language(Name(*self.own[code]), self.language)
        return name if _UNREAD.fullmatch(code) else f"{code} {name}"

    def _chart(self, body: dict[str, Any], number: int) -> Chart:
        x_unit, unit = Unit(body["x_unit"]), Unit(body["unit"])
        series = []
        for line in body["lines"]:
            name = self.words.say(line["code"], self.language)
            series.append(Series(name, line["values"]))
            for end, end_word in (("low", _LOWER), ("high", _UPPER)):
                if line[end]:
                    word = end_word.zh if formats.is_chinese(self.language) else end_word.en
                    series.append(Series(f"{name} {word}", line[end], "quiet"))
        return Chart(
            id=f"finding-{number}",
            title=self.words.say(body["code"], self.language),
            kind="bars" if body["shape"] == "bars" else "line",
            categories=[self.cell(one, x_unit).text for one in body["x"]],
            series=series,
            measure=_MEASURES.get(unit, "number"),
            currency=self.currency,
            first_column=self.words.say(_ALONG.get(x_unit, "along_bands"), self.language),
        )


_LOWER, _UPPER = Name("下限", "lower end"), Name("上限", "upper end")


class _Known(dict[str, str]):
    """A number the night left out is an em dash, so that it never hides the sentence."""

    def __missing__(self, key: str) -> str:
        return formats.NOTHING


def names_in(user: User, bodies: list[dict[str, Any]]) -> Names:
    """The names that these sections need, three queries at most."""
    wanted: dict[Unit, set[str]] = {Unit.ORG: set(), Unit.STAFF: set(), Unit.PARTY: set()}
    for body in bodies:
        for unit, value in _mentioned(body):
            if unit in wanted and value is not None:
                wanted[unit].add(str(value))
    reach = reach_of(user)
    customers = selectors.customers_named(user, wanted[Unit.PARTY])
    return Names(
        branches=branch_names(wanted[Unit.ORG]),
        staff=staff_names(wanted[Unit.STAFF]) if wanted[Unit.STAFF] else {},
        reach=reach,
        customers={number: masked(row.name, CUSTOMER["name"], reach) or number for number, row in customers.items()},
    )


def _mentioned(body: dict[str, Any]) -> Iterator[tuple[Unit, Any]]:
    units = [Unit(unit) for _code, unit in body.get("columns", ())]
    for row in body.get("rows", ()):
        yield from zip(units, row, strict=True)
    yield from ((Unit(unit), value) for unit, value in ((body.get("verdict") or {}).get("numbers") or {}).values())
    yield from ((Unit(one["unit"]), one["value"]) for one in body.get("figures", ()))
    if "x" in body:
        yield from ((Unit(body["x_unit"]), value) for value in body["x"])


def masked_words(body: dict[str, Any], reach: Reach) -> dict[str, Any]:
    """A section as data, people's own words masked as someone of ``reach`` must see them."""
    units = [unit for _code, unit in body.get("columns", ())]
    if Unit.WORDS.value not in units:
        return body
    rows = [
        [
            masked(value, TIMELINE["words"], reach) if unit == Unit.WORDS.value else value
            for unit, value in zip(units, row, strict=True)
        ]
        for row in body["rows"]
    ]
    return {**body, "rows": rows}
