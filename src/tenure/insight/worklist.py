"""The work list: whom to contact, why, worth what, by when (S11, S13, S22).

Each rule is a function from the night's frames to its entries: ``party_id``, ``occasion`` (what makes the entry
the same from night to night), ``facts`` (JSON, the keys its wording needs), ``value_at_stake``, ``due_on``.
Who left is on no list; rules that sell leave out who refused marketing or has a complaint open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis

from tenure.contracts.codes import LEAVING_CAUSES, Name
from tenure.insight import activity, months, tiers
from tenure.insight.exact import converted, joined, number_text, share_text, total
from tenure.insight.score import share

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.months import Window
    from tenure.insight.thresholds import Thresholds


@dataclass(frozen=True)
class Frames:
    """What rules look at: the customer frame, accounts as of the night, and the notable transactions.

    ``figures`` is :func:`customers.figures`, ``accounts`` :func:`balances.as_of`, ``notable``
    :func:`timeline.notable_of_parties`. ``trapped``: who says satisfied and behaves as if leaving (``party_id``,
    ``satisfaction``, ``trapped_answered_on``, ``sign``, the deed that speaks most, and ``cause``, the likeliest one or
    null); None where the night cannot tell.
    """

    figures: ir.Table
    accounts: ir.Table
    notable: ir.Table
    trapped: ir.Table | None = None


#: What a deed of leaving is called, by its code.
SIGNS: Mapping[str, Name] = {
    "leaving_probability_high": Name("流失概率高", "a high likelihood of leaving"),
    "outflow_high": Name("资金转往本人他行账户", "money moved to own accounts elsewhere"),
    "products_given_up": Name("一年内持有产品减少", "products given up within a year"),
    "deposits_not_renewed": Name("到期资金没有留下", "matured money that did not stay"),
}


def maturity(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """Money matures soon: one entry a product and day."""
    rule = thresholds.worklist.maturity
    t = f.accounts.filter(
        f.accounts.closed_on.isnull()
        & f.accounts.side.isin(("deposit", "investment"))
        & f.accounts.matures_on.between(window.as_of, window.ahead(rule.days))
    )
    names = {"zh": t.product_name, "en": t.product_name_en.coalesce(t.product_name)}
    t = t.group_by("party_id", "product_id", "matures_on").aggregate(
        amount=total(t.value), **{f"product_{language}": name.max() for language, name in names.items()}
    )
    t = t.filter(t.amount >= max(rule.minimum, 1))
    facts = _facts(product_zh=t.product_zh, product_en=t.product_en, matures_on=t.matures_on, maturing_amount=t.amount)
    return _entries(t, t.product_id + "@" + _day(t.matures_on), facts, t.amount, t.matures_on)


def same_name_outflow(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """Much of what leaves goes to the customer's own account at another bank."""
    rule, t = thresholds.worklist.same_name_outflow, f.figures
    part = share(t.same_name_outflow_3m, t.outflow_3m)
    t = t.mutate(part=part).filter(lambda r: (r.same_name_outflow_3m >= max(rule.minimum, 1)) & (r.part >= rule.share))
    facts = _facts(outflow_amount=t.same_name_outflow_3m, outflow_share=t.part)
    return _entries(t, _month(window), facts, t.same_name_outflow_3m, _soon(window, rule.due_days))


def assets_falling(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """Average AUM fell in three months."""
    rule, t = thresholds.worklist.assets_falling, f.figures
    t = t.mutate(fall=-t.aum_change_3m, part=share(-t.aum_change_3m, t.aum_3))
    t = t.filter((t.fall >= max(rule.minimum, 1)) & (t.part >= rule.share))
    facts = _facts(fall_amount=t.fall, fall_share=t.part, now_amount=t.aum_month_average)
    return _entries(t, _month(window), facts, t.fall, _soon(window, rule.due_days))


def payroll_stopped(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """Was paid here month after month; the last due month brought nothing. At stake: a year of that pay."""
    rule, t = thresholds.worklist.payroll_stopped, f.figures
    t = t.filter(
        (t.payroll_months == 0)
        & (t.payroll_run >= rule.months)
        & (t.payroll_last_on >= months.months_before(window.as_of, 3))
    )
    facts = _facts(months=t.payroll_run, last_on=t.payroll_last_on, last_amount=t.payroll_last_amount)
    return _entries(t, _day(t.payroll_last_on), facts, t.payroll_last_amount * 12, _soon(window, rule.due_days))


def tier_at_risk(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """The tier's protected period ends soon, and the month's average is below its threshold."""
    rule, t = thresholds.worklist.tier_at_risk, f.figures
    t = t.mutate(gap=tiers.line(t.tier_number, thresholds) - t.aum_month_average)
    t = t.filter((t.tier_protected_until <= window.ahead(rule.days)) & (t.gap > 0))
    facts = _facts(tier=t.tier, protected_on=t.tier_protected_until, gap_amount=t.gap)
    occasion = t.tier + "@" + _day(t.tier_protected_until)
    return _entries(t, occasion, facts, _part(t.aum_month_average, rule.at_stake), t.tier_protected_until)


def near_threshold(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """Little is missing to the next tier. At stake: what is missing."""
    rule, t = thresholds.worklist.near_threshold, _may_be_sold_to(f.figures, thresholds)
    t = t.filter(t.near_tier.notnull() & (t.next_number >= tiers.number(rule.minimum_tier)) & (t.near_gap > 0))
    facts = _facts(now_amount=t.aum_month_average, tier=t.near_tier, gap_amount=t.near_gap)
    occasion = t.near_tier + "@" + months.label(window.open_month)
    return _entries(t, occasion, facts, t.near_gap, _soon(window, rule.due_days))


def large_inflow(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """A large credit came in lately and still lies in demand deposits: one entry a customer, the largest credit."""
    rule = thresholds.worklist.large_inflow
    t = f.notable.filter(
        (f.notable.booked_at.date() > window.ago(rule.days))
        & (f.notable.value >= rule.minimum)
        & (f.notable.category == "demand_deposit")
        & f.notable.kind.notin(activity.NOT_A_FLOW)
    )
    largest = [t.value.desc(), t.booked_at.desc(), t.transaction_id]
    t = t.mutate(place=ibis.row_number().over(group_by=t.party_id, order_by=largest))
    t = t.filter(t.place == 0).select("party_id", inflow=t.value, booked_on=t.booked_at.date())
    held = _may_be_sold_to(f.figures, thresholds).select("party_id", "demand")
    t = t.inner_join(held, "party_id")
    t = t.filter(t.demand.cast("float64") >= t.inflow.cast("float64") * rule.kept_share)
    facts = _facts(booked_on=t.booked_on, inflow_amount=t.inflow)
    return _entries(t, _day(t.booked_on), facts, t.inflow, t.booked_on + ibis.interval(days=rule.due_days))


def open_complaint(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """A complaint is open."""
    rule, t = thresholds.worklist.open_complaint, f.figures
    t = t.filter(t.open_complaints > 0)
    facts = _facts(complaints=t.open_complaints, since_on=t.complained_on)
    due = t.complained_on + ibis.interval(days=rule.due_days)
    return _entries(t, _day(t.complained_on), facts, _part(t.aum_month_average, rule.at_stake), due)


def unhappy(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """Gave a low score lately and nobody has been in touch since (S22)."""
    rule, t = thresholds.worklist.unhappy, f.figures
    t = t.filter(
        (t.last_recommend <= rule.recommend)
        & (t.answered_on > window.ago(rule.days))
        & (t.last_contact_on.isnull() | (t.last_contact_on < t.answered_on))
    )
    facts = _facts(answered_on=t.answered_on, recommend=t.last_recommend)
    due = t.answered_on + ibis.interval(days=rule.due_days)
    return _entries(t, _day(t.answered_on), facts, _part(t.aum_month_average, rule.at_stake), due)


def satisfied_leaving(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """Says satisfied and behaves as if leaving (S20): one entry a month, about why, never about how satisfied."""
    rule, t = thresholds.worklist.satisfied_leaving, f.figures
    if f.trapped is None:
        nobody = t.filter(ibis.literal(False))
        nothing = ibis.literal(0, "int64")
        return _entries(nobody, _month(window), ibis.literal(""), nothing, _soon(window, rule.due_days))
    t = t.inner_join(f.trapped, "party_id")
    t = t.filter(t.aum_month_average >= max(rule.minimum, 1))
    cause = t.cause.coalesce("unknown")
    facts = _facts(
        answered_on=t.trapped_answered_on, satisfaction=t.satisfaction, cause=cause,
        **{f"sign_{language}": _named(t.sign, SIGNS, language) for language in ("zh", "en")},
        **{f"cause_{language}": _named(cause, LEAVING_CAUSES, language) for language in ("zh", "en")},
    )  # fmt: skip
    stake = _part(t.aum_month_average, rule.at_stake)
    return _entries(t, _month(window), facts, stake, _soon(window, rule.due_days))


def _named(code: ir.StringValue, names: Mapping[str, Name], language: str) -> ir.StringValue:
    return ibis.cases(*((code == one, getattr(name, language)) for one, name in names.items()), else_="—")


def quiet_valued(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """Nobody has contacted a valued customer for long; where nobody ever did, since they came."""
    rule, t = thresholds.worklist.quiet_valued, f.figures
    since = ibis.coalesce(t.last_contact_on, t.since, t.first_opened_on)
    t = t.mutate(days=ibis.literal(window.as_of).delta(since, unit="day").cast("int64"))
    t = t.filter((t.tier_number >= tiers.number(rule.minimum_tier)) & (t.days >= rule.days))
    return _entries(
        t,
        _month(window),
        _facts(tier=t.tier, days=t.days),
        _part(t.aum_month_average, rule.at_stake),
        _soon(window, rule.due_days),
    )


def birthday(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """A person's birthday is near; who was born on 29 February has it on the 28th in other years."""
    rule, t = thresholds.worklist.birthday, f.figures
    born = t.birth_date.month() * 100 + t.birth_date.day()
    days: list[tuple[ir.Value, ir.Value]] = []
    for ahead in range(rule.days + 1):
        on = window.ahead(ahead)
        days.append((born == on.month * 100 + on.day, ibis.literal(on)))
        if (on + timedelta(days=1)).day == 1 and on.month == 2 and on.day == 28:
            days.append((born == 229, ibis.literal(on)))
    t = t.mutate(birthday_on=ibis.cases(*days, else_=ibis.null("date")))
    t = t.filter((t.kind == "person") & t.birthday_on.notnull() & (t.tier_number >= tiers.number(rule.minimum_tier)))
    return _entries(
        t,
        _day(t.birthday_on),
        _facts(birthday_on=t.birthday_on),
        _part(t.aum_month_average, rule.at_stake),
        t.birthday_on,
    )


def one_product(f: Frames, window: Window, thresholds: Thresholds) -> ir.Table:
    """With us for a while, money here, but only one kind of product."""
    rule, t = thresholds.worklist.one_product, _may_be_sold_to(f.figures, thresholds)
    t = t.filter(
        t.category_count.between(1, rule.categories)
        & (t.tenure_months >= rule.months)
        & (t.aum_month_average >= max(rule.minimum, 1))
        & ~t.dormant
    )
    quarter = f"{window.open_month // 12}Q{window.open_month % 12 // 3 + 1}"
    facts = _facts(months=t.tenure_months, products=t.category_count, now_amount=t.aum_month_average)
    last = months.last_day(window.open_month - window.open_month % 3 + 2)
    due = max(min(window.ahead(rule.due_days), last), window.ahead(1))
    return _entries(t, ibis.literal(quarter), facts, _part(t.aum_month_average, rule.at_stake), ibis.literal(due))


RULES: Mapping[str, Callable[[Frames, Window, Thresholds], ir.Table]] = {
    rule.__name__: rule
    for rule in (
        maturity,
        same_name_outflow,
        assets_falling,
        payroll_stopped,
        tier_at_risk,
        near_threshold,
        large_inflow,
        open_complaint,
        unhappy,
        satisfied_leaving,
        quiet_valued,
        birthday,
        one_product,
    )
}


def entries(frames: Frames, window: Window, thresholds: Thresholds) -> ir.Table | None:
    """The entries of every rule that is on; ``None`` where all are off. Who left is on no list."""
    here = Frames(
        frames.figures.filter(frames.figures.left_on.isnull()), frames.accounts, frames.notable, frames.trapped
    )
    found = [
        rule(here, window, thresholds).mutate(rule=ibis.literal(name))
        for name, rule in RULES.items()
        if getattr(thresholds.worklist, name).on
    ]
    if not found:
        return None
    return found[0] if len(found) == 1 else ibis.union(*found)


def ranked(entries: ir.Table, figures: ir.Table, staff: ir.Table, thresholds: Thresholds) -> ir.Table:
    """The publication's ``proposal``: each person's list, the most valuable customer first.

    ``figures`` needs ``party_id``, ``org_path``, ``lead_staff_id`` and ``left_on``; ``staff`` (``staff_id``,
    ``daily_capacity``) holds who works here now. A customer's entries stand together, because one call settles
    them all; capacity counts customers. Without a relationship manager an entry goes to its branch's pool.
    """
    who = figures.filter(figures.left_on.isnull()).select("party_id", "org_path", "lead_staff_id")
    people = staff.select("staff_id", capacity=staff.daily_capacity)
    # Lists are lists of customers: they are ranked as such, one narrow row each, and their entries among themselves.
    c = entries.group_by("party_id").aggregate(customer_value=entries.value_at_stake.max(), entries=entries.count())
    c = c.inner_join(who, "party_id").left_join(people, [("lead_staff_id", "staff_id")])
    c = c.mutate(
        list=ibis.ifelse(c.staff_id.notnull(), "staff " + c.staff_id, "pool " + c.org_path),
        capacity=c.capacity.coalesce(thresholds.worklist.capacity),
    )
    order = [c.customer_value.desc(), c.party_id]
    c = c.select(
        "party_id", "staff_id", "org_path", "capacity",
        place=ibis.row_number().over(group_by=c.list, order_by=order),
        through=c.entries.sum().over(ibis.cumulative_window(group_by=c.list, order_by=order)) - c.entries,
    )  # fmt: skip
    t = entries.inner_join(c, "party_id")
    t = t.mutate(proposal_key=t.rule + ":" + t.party_id + ":" + t.occasion)
    own = ibis.row_number().over(group_by=t.party_id, order_by=[t.value_at_stake.desc(), t.due_on, t.proposal_key])
    t = t.mutate(rank=t.through.cast("int64") + own + 1, within_capacity=t.place < t.capacity)
    return t.select(
        "proposal_key", "party_id", "rule", "facts", "value_at_stake", "due_on", "rank", "within_capacity",
        "staff_id", "org_path",
    )  # fmt: skip


def _part(amount: ir.IntegerValue, at_stake: float) -> ir.IntegerValue:
    """The share of an amount one contact is about, to the minor unit."""
    return converted(amount, ibis.literal(round(at_stake * 1_000_000), "int64"))


def _may_be_sold_to(figures: ir.Table, thresholds: Thresholds) -> ir.Table:
    """Who has agreed to marketing and has no complaint open."""
    agreed = figures.consent_marketing.coalesce(thresholds.worklist.silence_is_consent)
    return figures.filter(agreed & (figures.open_complaints == 0))


def _entries(t: ir.Table, occasion: ir.Value, facts: ir.Value, value: ir.Value, due: ir.Value) -> ir.Table:
    return t.select(
        "party_id",
        occasion=occasion,
        facts=facts,
        value_at_stake=ibis.greatest(value, 0).cast("int64"),
        due_on=due.cast("date"),
    )


def _facts(**facts: ir.Value) -> ir.StringValue:
    """JSON of facts: money and counts as whole numbers, shares as decimals, days and names as text."""
    parts = []
    for key, value in facts.items():
        kind = value.type()
        if kind.is_integer():
            text = number_text(value)
        elif kind.is_floating():
            text = share_text(value, 4)
        elif kind.is_date():
            text = ibis.literal('"') + _day(value) + '"'
        else:
            text = ibis.literal('"') + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        parts.append(ibis.literal(f'"{key}":') + text)
    return ibis.literal("{") + joined(parts) + "}"


def _day(value: ir.DateValue) -> ir.StringValue:
    return value.strftime("%Y-%m-%d")


def _month(window: Window) -> ir.StringScalar:
    return ibis.literal(months.label(window.open_month))


def _soon(window: Window, days: int) -> ir.DateScalar:
    """Some days from now, but within the month that makes the occasion, so that an entry's day doesn't recede for ever.

    People read the list on the day after ``as_of``: what is new then is not overdue.
    """
    soon: date = max(min(window.ahead(days), months.last_day(window.open_month)), window.ahead(1))
    return ibis.literal(soon)
