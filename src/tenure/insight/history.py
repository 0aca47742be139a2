"""History: what the closed months say about a customer, condensed to one row that a night only adds to.

Everything a figure needs from closed months is summed, ranked or written out once here, when a month closes or
history is corrected. A night then reads one row a customer, whatever the length of the history.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import codes
from tenure.insight import activity, balances, months, tiers
from tenure.insight.exact import add_up, joined, number_text, rounded
from tenure.insight.months import CURVE, HISTORY, Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds

#: Curves, as comma-separated text of the closed months, oldest first.
CURVES = ("aum", "deposit", "loan", "inflow", "outflow", "transactions", "tier")
#: Month ends over which the lowest tier is needed, the open month's own end counted or not.
_SPANS = tuple(sorted({n - less for n in tiers.SPANS for less in (0, 1)}))


def of_parties(
    cubes: Mapping[int, ir.Table],
    closed: ir.Table,
    accounts: ir.Table,
    window: Window,
    thresholds: Thresholds,
    *,
    one_currency: bool,
    inferred: bool,
) -> ir.Table:
    """One row per party with an account opened before the open month.

    ``cubes`` are month roll-ups by month, ``closed`` the frame of :func:`balances.closed_months`, ``accounts``
    that of :func:`holdings.accounts`. Result, k months back: ``aum_k`` and ``tier_k`` (k = 1…23), ``aum_quarter``,
    ``aum_year``, ``deposit_quarter``, ``deposit_year`` (balance-days of closed months to date), ``met_<tier>``,
    ``lowest_<n>``, ``curve_<name>``, and of activity what :func:`_activity` names.
    """
    owned = accounts.filter(accounts.opened_on < months.first_day(window.open_month))
    wide = activity.by_party(cubes, owned, window, one_currency=one_currency, inferred=inferred)
    held = _balances(balances.by_party(closed), window, thresholds)
    return held.left_join(_activity(wide), "party_id").drop("party_id_right")


def _balances(wide: ir.Table, window: Window, thresholds: Thresholds) -> ir.Table:
    average = {k: rounded(wide[f"aum_days_{k}"], months.length(window.month(k))) for k in range(1, HISTORY)}
    t = wide.mutate(**{f"aum_{k}": value for k, value in average.items()})
    averages = {k: t[f"aum_{k}"] for k in range(1, HISTORY)}
    known = {
        k: ibis.ifelse(t.first_back >= k, tiers.held(averages, k, thresholds), ibis.null("int64"))
        for k in range(1, CURVE)
    }
    days = {
        f"{kind}_{span}": add_up(t[f"{kind}_days_{k}"] for k in backs)
        for kind in ("aum", "deposit")
        for span, backs in (("quarter", window.quarter), ("year", window.year))
    }
    t = t.mutate(
        **{f"tier_{k}": tier for k, tier in known.items()},
        **{f"met_{code}": tiers.last_met(averages, n, thresholds) for n, code in enumerate(codes.TIER_ORDER) if n},
        **days,
    )
    lists = {
        "aum": [number_text(t[f"aum_{k}"]) for k in _oldest_first()],
        "tier": [_tier_text(t[f"tier_{k}"]) for k in _oldest_first()],
        **{
            kind: [number_text(rounded(t[f"{kind}_days_{k}"], months.length(window.month(k)))) for k in _oldest_first()]
            for kind in ("deposit", "loan")
        },
    }
    return t.select(
        "party_id",
        *(f"aum_{k}" for k in range(1, CURVE)),
        *(f"tier_{k}" for k in range(1, CURVE)),
        *(f"met_{code}" for code in codes.TIER_ORDER[1:]),
        *days,
        **{f"lowest_{n}": tiers.lowest([t[f"tier_{k}"] for k in range(1, n + 1)]) for n in _SPANS},
        **{f"curve_{name}": joined(texts) for name, texts in lists.items()},
    )


def _activity(wide: ir.Table) -> ir.Table:
    """``made_2``, ``made_11``, ``active_11``, ``inflow_2``, ``outflow_2``, ``outflow_11``: that many closed months."""
    lists = {
        "inflow": [number_text(wide[f"inflow_{k}"]) for k in _oldest_first()],
        "outflow": [number_text(wide[f"outflow_{k}"]) for k in _oldest_first()],
        "transactions": [number_text(wide[f"made_{k}"]) for k in _oldest_first()],
    }

    def over(name: str, last: int) -> ir.IntegerValue:
        return add_up(wide[f"{name}_{k}"] for k in range(1, last + 1))

    return wide.select(
        "party_id",
        *(f"made_{channel}_11" for channel in activity.CHANNELS),
        *(f"income_{k}" for k in range(1, CURVE)),
        "same_name_2",
        "same_name_11",
        "last_made_on",
        "last_payroll_on",
        made_2=over("made", 2),
        made_11=over("made", 11),
        active_11=add_up(ibis.ifelse(wide[f"made_{k}"] > 0, 1, 0).cast("int64") for k in range(1, 12)),
        inflow_2=over("inflow", 2),
        outflow_2=over("outflow", 2),
        outflow_11=over("outflow", 11),
        **{f"curve_{name}": joined(texts) for name, texts in lists.items()},
    )


def _tier_text(tier: ir.IntegerValue) -> ir.StringValue:
    cases = [(tier == number, f'"{code}"') for number, code in enumerate(codes.TIER_ORDER)]
    return ibis.cases(*cases, else_="null")


def _oldest_first() -> range:
    return range(CURVE - 1, 0, -1)
