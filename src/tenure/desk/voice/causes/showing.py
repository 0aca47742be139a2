"""What the pages of causes show beyond their rows: charts, measures in words, and the choices of the form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenure.contracts import codes
from tenure.desk.control.errors import NotAllowed
from tenure.desk.kit import formats
from tenure.desk.kit.charts import Chart, Measure, Series
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.publication.current import pinned
from tenure.desk.voice.causes import improving, rules, selectors

MANAGES = Permission.MANAGE_CAUSES
#: Measures whose figures are shares of customers, shown in points.
_SHARES = frozenset({"leaving", "adoption"})


def sorts() -> list[tuple[str, str]]:
    """The orders of the list of themes, and their names."""
    names = {
        "value": _("Most at stake"), "volume": _("Most customers"), "course": _("Growing most"),
        "unhappy": _("Most unhappy"), "lost": _("Most lost"),
    }  # fmt: skip
    return [(code, names[code]) for code in rules.SORTS]


def currency() -> str:
    """The bank's currency; empty before the first night."""
    publication = pinned()
    return publication.currency if publication is not None else ""


def reads(user: User) -> bool:
    """Whether ``user`` reads the pages of themes."""
    return reach_of(user).may(Permission.VIEW_BRANCH)


def _labels(last: str, n: int) -> list[str]:
    year, month = (int(part) for part in last.split("-"))
    serials = [year * 12 + month - 1 - back for back in reversed(range(n))]
    return [f"{serial // 12}-{serial % 12 + 1:02d}" for serial in serials]


def months_chart(one: selectors.ThemeSeen) -> Chart:
    """How often a theme was spoken of, or how many left for it, month by month."""
    language = get_language() or "en"
    lost = one.row.kind == "lost"
    return Chart(
        id="theme-months",
        title=_("Customers lost by month") if lost else _("Times said by month"),
        kind="bars",
        categories=[formats.month(label, language) for label in _labels(one.row.last_month, len(one.row.months))],
        series=[Series(_("Lost") if lost else _("Times said"), one.row.months)],
        measure="count",
        first_column=_("Month"),
    )


def way(state: str) -> list[dict[str, Any]]:
    """The states an improvement goes through, what is past and where it is."""
    ladder = [
        rules.PROPOSED,
        rules.APPROVED,
        rules.RUNNING,
        rules.MEASURED,
        rules.DROPPED if state == rules.DROPPED else rules.KEPT,
    ]
    place = ladder.index(state)
    return [{"code": code, "past": n < place, "here": n == place} for n, code in enumerate(ladder)]


@dataclass(frozen=True, slots=True)
class MeasureSeen:
    """A measure in words and figures."""

    measure: str
    verdict: str
    tone: str
    sentence: str
    figures: list[tuple[str, str]]
    chart: Chart | None
    matched: bool


def measures(rows: list[Any], money: str) -> list[MeasureSeen]:
    """The night's measures as the page shows them."""
    return [_measure(row, money) for row in rows]


def _written(row: Any, value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return formats.NOTHING
    if row.measure == "adoption":
        return formats.share(value)
    number = 100 * value if row.measure == "leaving" else value
    places = 2 if row.measure in ("leaving", "satisfaction", "adopters") else 1
    return f"{number:+.{places}f}" if signed else f"{number:.{places}f}"


def _measure(row: Any, money: str) -> MeasureSeen:
    language = get_language() or "en"
    tone = {"helped": "good", "hurt": "bad", "not_parallel": "warn"}.get(row.verdict, "")
    figures: list[tuple[str, str]] = []
    if row.measure == "saving":
        return MeasureSeen(row.measure, row.verdict, tone, _saved(row), _saving(row, money, language), None, False)
    if row.value is not None and row.low is not None and row.high is not None:
        signed = row.measure != "adoption"
        between = f"{_written(row, row.low, signed=signed)} … {_written(row, row.high, signed=signed)}"
        name = {"adoption": _("Adopted"), "adopters": _("Difference")}.get(row.measure, _("Effect"))
        figures.append((name, f"{_written(row, row.value, signed=signed)} ({between})"))
    if row.measure == "adoption":
        figures.append((_("Customers who could"), f"{row.numbers.get('eligible', 0):,}"))
        figures.append((_("Customers who did"), f"{row.numbers.get('adopted', 0):,}"))
    elif row.measure == "adopters":
        figures.append((_("Those who use it"), f"{_written(row, row.treated_after)} (n {row.treated_n:,})"))
        figures.append((_("Others like them"), f"{_written(row, row.control_after)} (n {row.control_n:,})"))
    else:
        arms = ((_("Where it started"), "treated"), (_("Control"), "control"))
        for name, arm in arms:
            before, after = getattr(row, f"{arm}_before"), getattr(row, f"{arm}_after")
            branches = _("%(n)s branches") % {"n": getattr(row, f"{arm}_branches")}
            figures.append((name, f"{_written(row, before)} → {_written(row, after)} · {branches}"))
        if row.detectable is not None:
            figures.append((_("Smallest effect that would be found"), _written(row, row.detectable)))
        if row.trend is not None:
            between = f"{_written(row, row.trend_low, signed=True)} … {_written(row, row.trend_high, signed=True)}"
            figures.append((_("Drift a month before"), f"{_written(row, row.trend, signed=True)} ({between})"))
    return MeasureSeen(row.measure, row.verdict, tone, _sentence(row), figures, _lines(row, language), row.matched)


def _sentence(row: Any) -> str:
    effect = {"value": _written(row, row.value, signed=True)}
    told = {
        "helped": _("Better by %(value)s than the control, beyond chance."),
        "hurt": _("Worse than the control (%(value)s), beyond chance."),
        "no_difference_found": _("It may have changed nothing: chance alone explains %(value)s."),
        "not_parallel": _("The branches drifted apart before it began, so the difference cannot be laid to it."),
        "too_little_data": _("Too few branches, answers or losses to tell."),
        "waiting": _("The first whole month after it began is not over."),
    }
    if row.measure == "adopters" and row.verdict == "told":
        return _(
            "Whoever uses it chose to. Others of the same tier, age and habit may differ in what the bank cannot see: "
            "this is no proof that it makes customers recommend us."
        )
    if row.measure == "adoption" and row.verdict == "told":
        return _("Of the customers who could use it, those who have since it began.")
    if row.measure == "leaving" and row.verdict in ("helped", "hurt", "no_difference_found"):
        return told[row.verdict] % effect + " " + _("In percentage points a month; less is better.")
    return told.get(row.verdict, "") % effect


def _saved(row: Any) -> str:
    if row.verdict != "told":
        return _("Counted once a channel and both costs are given and it was used.")
    return _("Contacts beyond those of as many months before, times what each costs less. Not all of them need have "
             "taken the place of a dearer one.")  # fmt: skip


def _saving(row: Any, money: str, language: str) -> list[tuple[str, str]]:
    numbers = row.numbers
    if row.verdict != "told":
        return []

    def of(name: str) -> str:
        return formats.money(numbers.get(name), money, language)

    found = [
        (_("Contacts since it began"), f"{numbers['contacts']:,}"),
        (_("In as many months before"), f"{numbers['before']:,}"),
        (
            _("Cost of a contact"),
            f"{formats.exact(numbers['contact_cost'], money)} / {formats.exact(numbers['replaced_cost'], money)}",
        ),
        (_("Cost saved"), of("saved")),
    ]
    return [*found, (_("Cost saved less its own cost"), of("net"))] if numbers.get("cost") else found


def _lines(row: Any, language: str) -> Chart | None:
    if len(row.months) < 2 or not any(value is not None for value in row.treated):
        return None
    scale = 100.0 if row.measure == "leaving" else 1.0
    measure: Measure = "points" if row.measure == "recommend" else "number"

    def scaled(values: list[float | None]) -> list[float | None]:
        return [None if value is None else round(scale * value, 3) for value in values]

    return Chart(
        id=f"measure-{row.measure}",
        title=codes_name(row.measure, language),
        kind="line",
        categories=[formats.month(month, language) for month in row.months],
        series=[Series(_("Where it started"), scaled(row.treated)), Series(_("Control"), scaled(row.control), "quiet")],
        measure=measure,
        first_column=_("Month"),
    )


def codes_name(measure: str, language: str) -> str:
    """The name of a measure in a language."""
    name = codes.IMPROVEMENT_MEASURES[measure]
    return name.zh if formats.is_chinese(language) else name.en


def form(user: User, theme: str = "", kind: str = "", one: Any = None) -> dict[str, Any]:
    """The choices of the form, and what stands in it.

    Raises:
        NotAllowed: they may neither propose nor is it theirs.
    """
    if not (reach_of(user).may(MANAGES) if one is None else improving.may_work(user, one)):
        raise NotAllowed(_("None of your posts gives you the right to do this."))
    row = one.row if one is not None else None
    chosen = {each.theme for each in row.themes.all()} if row is not None else {theme}
    arms = {each.org_id: each.arm for each in row.branches.all()} if row is not None else {}
    return {
        "one": one, "kind": row.kind if row is not None else kind if kind in codes.IMPROVEMENT_KINDS else "improvement",
        "themes": [(each, each.row.theme in chosen) for each in improving.choices_of_themes()],
        "branches": [(each, arms.get(each.org_id, "")) for each in improving.every_branch()],
        "owners": improving.possible_owners(), "functions": codes.FUNCTIONS, "channels": codes.CHANNELS,
        "categories": codes.PRODUCT_CATEGORIES, "kinds": codes.IMPROVEMENT_KINDS, "own": user.staff_id,
        "currency": currency(), "title_most": rules.TITLE, "aim_most": rules.AIM,
    }  # fmt: skip
