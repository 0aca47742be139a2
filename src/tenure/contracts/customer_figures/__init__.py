"""What the night works out about each customer: every figure with its unit and formula (S3, S5, S12, S19).

Windows are the bank's calendar windows (月/季/年日均): from the first of the month, quarter or year to
``as_of`` inclusive. ``D`` is the number of days in the window, ``B(d)`` the customer's balance at the end
of day ``d`` in the reporting currency, joint accounts counted once with their primary owner.
"""

from __future__ import annotations

from tenure.contracts.columns import Column
from tenure.contracts.customer_figures.activity import ACTIVITY
from tenure.contracts.customer_figures.holdings import BALANCES, HOLDINGS
from tenure.contracts.customer_figures.standing import RELATIONSHIP, TIERS

GROUPS: dict[str, tuple[Column, ...]] = {
    "balances": BALANCES,
    "holdings": HOLDINGS,
    "activity": ACTIVITY,
    "tiers": TIERS,
    "relationship": RELATIONSHIP,
}
FIGURES: tuple[Column, ...] = tuple(c for group in GROUPS.values() for c in group)
