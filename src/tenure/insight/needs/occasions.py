"""The right time (S9): dated events that are known, each with the days on which it makes the time right.

An occasion hangs on its event's day and on nothing else, so that its date is the same tomorrow; and it ends.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from tenure.insight import months
from tenure.insight.needs.receipts import MONTHS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.needs.settings import NeedSettings, Occasion

#: Every occasion; a customer's column ``on_<occasion>`` is the event's day while its time is.
OCCASIONS = (
    "maturity", "inflow", "windfall", "payroll_started", "payroll_stopped", "child", "spouse", "came_of_age",
    "retirement", "mortgage", "school", "festival",
)  # fmt: skip
#: A salary is missed this long after the last one.
STAYED_OUT = 35
ADULT = 18
#: A pension that begins this near the age of retirement is no second retirement.
_SAME_RETIREMENT = 365
#: First day of the Spring Festival (lunar new year), Hong Kong Observatory's calendar conversion tables.
SPRING_FESTIVALS = tuple(
    date(year, month, day)
    for year, month, day in (
        (2010, 2, 14), (2011, 2, 3), (2012, 1, 23), (2013, 2, 10), (2014, 1, 31), (2015, 2, 19), (2016, 2, 8),
        (2017, 1, 28), (2018, 2, 16), (2019, 2, 5), (2020, 1, 25), (2021, 2, 12), (2022, 2, 1), (2023, 1, 22),
        (2024, 2, 10), (2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26), (2029, 2, 13), (2030, 2, 3),
        (2031, 1, 23), (2032, 2, 11), (2033, 1, 31), (2034, 2, 19), (2035, 2, 8), (2036, 1, 28), (2037, 2, 15),
        (2038, 2, 4), (2039, 1, 24), (2040, 2, 12),
    )
)  # fmt: skip


#: Occasions told by a customer's own row alone, those told by other tables alone, and those that both may tell.
_OWN, _BOTH = ("maturity", "payroll_stopped"), ("came_of_age", "retirement")
_TOLD = ("inflow", "windfall", "payroll_started", "child", "spouse", "mortgage")


def events(
    people: ir.Table,
    relation: ir.Table,
    as_of: date,
    settings: NeedSettings,
    accounts: ir.Table | None = None,
    receipts: ir.Table | None = None,
    usual: ir.Table | None = None,
) -> ir.Table:
    """What other tables tell of events whose time is: ``party_id``, ``told_<occasion>`` (null where none), ``credit``.

    ``people`` has ``party_id``, ``kind``, ``sex``, ``birth_date``, ``payroll_months`` and ``payroll_last_on``;
    ``relation`` the relations in force; ``accounts`` is the frame of :func:`tenure.insight.holdings.accounts`;
    ``receipts`` and ``usual`` are those of this package. ``credit`` is the amount of the large inflow. Of several
    events of a kind the first that is not past counts.
    """
    found = _of_family(people, relation, as_of, settings)
    if accounts is not None:
        homes = accounts.filter((accounts.category == "mortgage") & accounts.closed_on.isnull())
        found.append(_part("mortgage", homes, homes.opened_on, as_of, settings))
    if receipts is not None:
        found += _of_receipts(people, receipts, usual, as_of, settings)
    t = ibis.union(*found)
    return t.group_by("party_id").aggregate(
        **{f"told_{name}": t.on.min(where=t.occasion == name) for name in (*_TOLD, *_BOTH)},
        credit=t.amount.max(),
    )


def days(t: ir.Table, as_of: date, settings: NeedSettings) -> dict[str, ir.DateValue]:
    """``on_<occasion>`` for every occasion, null where its time is not.

    ``t`` has the columns of :func:`events` beside ``kind``, ``sex``, ``birth_date``, ``next_maturity_on``,
    ``payroll_months`` and ``payroll_last_on``.
    """
    person = t.kind == "person"
    missed = (t.payroll_last_on + ibis.interval(days=STAYED_OUT)).cast("date")
    own = {
        "maturity": (t.next_maturity_on, ibis.literal(True)),
        # Nobody who is paid again, or never was, is without pay.
        "payroll_stopped": (missed, (t.payroll_months == 0).coalesce(False)),
        "came_of_age": (_birthday(t.birth_date, ADULT), person),
        "retirement": (_retires(t, settings), person),
    }
    live = {}
    for name, (on, applies) in own.items():
        first, last = (ibis.literal(day) for day in _span(settings.occasion[name], as_of))
        live[name] = ibis.ifelse(applies & on.between(first, last).coalesce(False), on, ibis.null("date"))
    found = {f"on_{name}": live[name] for name in _OWN} | {f"on_{name}": t[f"told_{name}"] for name in _TOLD}
    for name in _BOTH:
        mine, told = live[name], t[f"told_{name}"]
        found[f"on_{name}"] = ibis.least(mine.coalesce(told), told.coalesce(mine))
    return found | seasons(as_of, settings)


def seasons(as_of: date, settings: NeedSettings) -> dict[str, ir.DateValue]:
    """``on_school`` and ``on_festival`` for everybody: the day ahead whose time it is, else null."""
    school = [date(year, settings.school_month, 1) for year in (as_of.year, as_of.year + 1) if settings.school_month]
    festival = SPRING_FESTIVALS if settings.spring_festival else ()
    found = {}
    for name, days in (("school", school), ("festival", festival)):
        first, last = _span(settings.occasion[name], as_of)
        live = [day for day in days if first <= day <= last]
        found[f"on_{name}"] = ibis.literal(live[0]) if live else ibis.null("date")
    return found


def due(on: ir.DateValue, occasion: Occasion) -> ir.DateValue:
    """The day by which to act on an event of day ``on``."""
    later: ir.DateValue = (on + ibis.interval(days=occasion.due)).cast("date") if occasion.due else on
    return later


def _span(occasion: Occasion, as_of: date) -> tuple[date, date]:
    """The first and the last day of an event whose time is ``as_of``."""
    return as_of - timedelta(days=occasion.lasts), as_of + timedelta(days=occasion.ahead)


def _part(
    name: str, t: ir.Table, on: ir.DateValue, as_of: date, settings: NeedSettings, amount: ir.Value | None = None
) -> ir.Table:
    first, last = _span(settings.occasion[name], as_of)
    nothing = ibis.null("int64")
    t = t.select("party_id", occasion=ibis.literal(name), on=on, amount=nothing if amount is None else amount)
    return t.filter(t.on.between(ibis.literal(first), ibis.literal(last)).coalesce(False))


def _birthday(born: ir.DateValue, age: int | ir.IntegerValue) -> ir.DateValue:
    """The day somebody is ``age``; who was born on 29 February has it on the 28th."""
    leap = (born.month() == 2) & (born.day() == 29)
    year = (born.year() + age).cast("int32")
    return ibis.date(year, born.month().cast("int32"), ibis.ifelse(leap, 28, born.day()).cast("int32"))


def _retires(people: ir.Table, settings: NeedSettings) -> ir.DateValue:
    age = ibis.ifelse(
        people.sex == "female", settings.count["retirement_age_women"], settings.count["retirement_age_men"]
    )
    return _birthday(people.birth_date, age.coalesce(settings.count["retirement_age_men"]))


def _of_family(people: ir.Table, relation: ir.Table, as_of: date, settings: NeedSettings) -> list[ir.Table]:
    born = people.select(child_id="party_id", born="birth_date")
    kin = children(relation)
    kin = kin.left_join(born, "child_id").select("party_id", "since", "born")
    minor = _birthday(kin.born, ADULT) > as_of
    young = kin.filter(minor.coalesce(True))
    wed = relation.filter(relation.kind == "spouse")
    wed = ibis.union(
        wed.select("party_id", "since"), wed.select("since", party_id="other_id").select("party_id", "since")
    )
    return [
        _part("child", young, young.since.coalesce(young.born), as_of, settings),
        _part("spouse", wed, wed.since, as_of, settings),
        _part("came_of_age", kin, _birthday(kin.born, ADULT), as_of, settings),
    ]


def children(relation: ir.Table) -> ir.Table:
    """``party_id``, ``child_id`` and ``since``, one row a pair, whichever of the two told it."""
    down, up = relation.filter(relation.kind == "child"), relation.filter(relation.kind == "parent")
    pairs = ibis.union(
        down.select("party_id", child_id="other_id", since="since"),
        up.select(party_id="other_id", child_id="party_id", since="since"),
    )
    return pairs.group_by("party_id", "child_id").aggregate(since=pairs.since.min())


def _of_receipts(
    people: ir.Table, receipts: ir.Table, usual: ir.Table | None, as_of: date, settings: NeedSettings
) -> list[ir.Table]:
    t = receipts.filter(receipts.received_on <= as_of)
    return [
        *_large(t, usual, as_of, settings),
        _started(people, t, as_of, settings),
        _pension(people, t, as_of, settings),
    ]


def _large(t: ir.Table, usual: ir.Table | None, as_of: date, settings: NeedSettings) -> list[ir.Table]:
    t = t.filter(t.what.isin(("credit", "own_credit")))
    if usual is None:
        t = t.mutate(usual=ibis.literal(0, "int64"))
    else:
        t = t.left_join(usual, "party_id").drop("party_id_right")
        t = t.mutate(usual=t.usual.coalesce(0))
    inflow = t.filter(
        (t.amount >= settings.level["large_inflow"]) & (t.amount >= t.usual * settings.count["inflow_months"])
    )
    # Money brought from the own account elsewhere changes no life.
    once = t.filter(
        (t.what == "credit")
        & (t.amount >= settings.level["windfall"])
        & (t.amount >= t.usual * settings.count["windfall_months"])
    )
    return [
        _part("inflow", inflow, inflow.received_on, as_of, settings, inflow.amount),
        _part("windfall", once, once.received_on, as_of, settings, once.amount),
    ]


def _started(people: ir.Table, t: ir.Table, as_of: date, settings: NeedSettings) -> ir.Table:
    """Salary of one or two months in a row: it began with the first credit of the run's first month."""
    paid = t.filter(t.what == "payroll").select("party_id", "received_on")
    begun = people.filter(people.payroll_months.between(1, 2)).select("party_id", "payroll_months", "payroll_last_on")
    both = begun.inner_join(paid, "party_id")
    first = _month(both.payroll_last_on) - both.payroll_months + 1
    both = both.filter(_month(both.received_on) == first)
    both = both.group_by("party_id").aggregate(began_on=both.received_on.min())
    return _part("payroll_started", both, both.began_on, as_of, settings)


def _pension(people: ir.Table, t: ir.Table, as_of: date, settings: NeedSettings) -> ir.Table:
    """A pension that began after a salary, unless the age of retirement tells it already."""
    t = t.filter(t.what == "pension")
    t = t.group_by("party_id").aggregate(first_on=t.received_on.min())
    # A pension in the first month looked at may have been there before.
    t = t.filter(t.first_on >= months.first_day(months.serial(as_of) - MONTHS + 1))
    t = t.inner_join(people.filter(people.payroll_last_on.notnull()), "party_id")
    apart = t.first_on.delta(_retires(t, settings), unit="day").abs()
    t = t.filter((t.payroll_last_on <= t.first_on) & (apart > _SAME_RETIREMENT).coalesce(True))
    return _part("retirement", t, t.first_on, as_of, settings)


def _month(day: ir.DateValue) -> ir.IntegerValue:
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1
