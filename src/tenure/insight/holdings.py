"""Holdings: accounts as they stood at ``as_of``, what a customer holds, and what matures when (S3, S12)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import codes
from tenure.insight.exact import joined, total

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds

_SIDES = {
    **dict.fromkeys(codes.DEPOSIT_CATEGORIES, "deposit"),
    **dict.fromkeys(codes.INVESTMENT_CATEGORIES, "investment"),
    **dict.fromkeys(codes.LOAN_CATEGORIES, "loan"),
}


def side(category: ir.StringValue) -> ir.StringValue:
    """What a product category is to the customer: ``deposit``, ``investment``, ``loan`` or ``service``."""
    return ibis.cases(*((category == code, name) for code, name in _SIDES.items()), else_="service")


def accounts(account: ir.Table, product: ir.Table, thresholds: Thresholds, as_of: date) -> ir.Table:
    """The accounts opened by ``as_of``, with what later days would tell taken out.

    ``account`` and ``product`` have the contracts' columns. Result: the account's columns, ``category``,
    ``product_name``, ``product_name_en``, ``side`` and ``factor`` (millionths of the reporting currency's minor
    unit per minor unit of the account's; null where the thresholds know no rate). ``closed_on`` is null for what
    was closed after ``as_of``.
    """
    products = product.select("product_id", "category", product_name=product.name, product_name_en=product.name_en)
    held = account.filter(account.opened_on <= as_of).left_join(products, "product_id").drop("product_id_right")
    rates = [(held.currency == code, ibis.literal(factor, "int64")) for code, factor in thresholds.factors.items()]
    none = ibis.null("date")
    return held.mutate(
        category=held.category.coalesce("settlement"),
        product_name=held.product_name.coalesce(held.product_id),
        side=side(held.category).coalesce("service"),
        factor=ibis.cases(*rates, else_=ibis.null("int64")),
        closed_on=ibis.ifelse(held.closed_on <= as_of, held.closed_on, none),
    )


def by_party(held: ir.Table, as_of: date) -> ir.Table:
    """A customer's holdings as owner; ``held`` is the frame of :func:`tenure.insight.balances.as_of`.

    Result by ``party_id``: ``deposit``, ``investment``, ``loan``, ``demand`` (minor units of the reporting
    currency), ``aum_days_0``, ``deposit_days_0``, ``loan_days_0``, ``product_count``, ``category_count``,
    ``categories`` (JSON list in the contract's order), ``next_maturity_on``, ``next_maturity_amount``,
    ``maturing_30d``, ``maturing_90d``, ``first_opened_on``.
    """
    t = held.mutate(
        live=held.closed_on.isnull(),
        asset=held.side.isin(("deposit", "investment")),
        ahead=ibis.ifelse(held.closed_on.isnull() & (held.matures_on >= as_of), held.matures_on, ibis.null("date")),
    )
    sums = t.group_by("party_id").aggregate(
        **{name: total(t.value, t.side == name) for name in ("deposit", "investment", "loan")},
        demand=total(t.value, t.category == "demand_deposit"),
        aum_days_0=total(t.days_0, t.asset),
        deposit_days_0=total(t.days_0, t.side == "deposit"),
        loan_days_0=total(t.days_0, t.side == "loan"),
        first_opened_on=t.opened_on.min(),
    )
    live = t.filter(t.live)
    products = live.select("party_id", "product_id").distinct()
    # one number of bits for all categories: a count of each would be twenty sums
    kinds = live.select("party_id", bit=_bit(live.category)).distinct()
    for part in (
        products.group_by("party_id").aggregate(product_count=products.count()),
        kinds.group_by("party_id").aggregate(kinds=total(kinds.bit)),
    ):
        sums = sums.left_join(part, "party_id").drop("party_id_right")
    sums = sums.mutate(kinds=sums.kinds.coalesce(0))
    sums = sums.left_join(_ahead(t.filter(t.ahead.notnull()), as_of), "party_id").drop("party_id_right")
    flags = {category: (sums.kinds & (1 << place)) != 0 for place, category in enumerate(codes.PRODUCT_CATEGORIES)}
    listed = [ibis.ifelse(flag, f'"{category}"', ibis.null("string")) for category, flag in flags.items()]
    counted = [ibis.ifelse(flag, 1, 0).cast("int64") for flag in flags.values()]
    return sums.mutate(
        **{name: sums[name].coalesce(0) for name in ("product_count", "next_maturity_amount", *_MATURING)},
        categories=ibis.literal("[") + joined(listed) + "]",
        category_count=sum(counted[1:], counted[0]),
    ).drop("kinds")


#: Money that matures within so many days.
_MATURING = {"maturing_30d": 30, "maturing_90d": 90}


def _bit(category: ir.StringValue) -> ir.IntegerValue:
    """The bit of a product category, by its place in the contract."""
    bits = [
        (category == code, ibis.literal(1 << place, "int64")) for place, code in enumerate(codes.PRODUCT_CATEGORIES)
    ]
    return ibis.cases(*bits, else_=ibis.literal(0, "int64"))


def _ahead(maturing: ir.Table, as_of: date) -> ir.Table:
    """What matures when, by party: only of accounts that do, a small part of all."""
    t = maturing
    by_day = t.group_by("party_id", "ahead").aggregate(amount=total(t.value), assets=total(t.value, t.asset))
    return by_day.group_by("party_id").aggregate(
        next_maturity_on=by_day.ahead.min(),
        next_maturity_amount=by_day.amount.argmin(by_day.ahead),
        **{
            name: total(by_day.assets, by_day.ahead <= as_of + timedelta(days=days)) for name, days in _MATURING.items()
        },
    )


def published(held: ir.Table, holders: ir.Table, as_of: date) -> ir.Table:
    """The publication's ``holding``: each account for its owner and for everyone else who holds it.

    ``holders`` is the contract's ``account_holder``. The owner named by the account wins over a second entry.
    """
    owners = held.mutate(role=ibis.literal("owner"))
    live = holders.filter(
        (holders.since.isnull() | (holders.since <= as_of)) & (holders.until.isnull() | (holders.until > as_of))
    )
    others = held.rename(owner_id="party_id").inner_join(live.select("account_id", "party_id", "role"), "account_id")
    others = others.filter(others.party_id != others.owner_id)
    columns = (
        "party_id", "account_id", "role", "product_id", "product_name", "product_name_en", "category", "balance",
        "currency", "opened_on", "closed_on", "matures_on", "annual_rate", "principal",
    )  # fmt: skip
    # An "owner" of somebody else's account is a joint one: an account has one primary owner.
    others = others.mutate(role=ibis.ifelse(others.role == "owner", "joint", others.role))
    return owners.select(*columns).union(others.select(*columns))
