"""Counter or self-service (S26). Pure decisions: no database here."""

from __future__ import annotations

from dataclasses import dataclass, field

from tenure.contracts import codes

SELF_SERVICE, COUNTER, ASK = "self_service", "counter", "ask"
#: Where a ticket may go from each state; a machine's message may come late, never backwards.
_ORDER = {"waiting": 0, "called": 1, "served": 2, "left": 2}


@dataclass(frozen=True, slots=True)
class Limits:
    """Below which amounts (minor units) self-service is meant for, and from which tier a customer is valuable.

    Amounts of zero: this bank's currency has no limit, and nobody is sent away from the counter.
    """

    amounts: dict[str, int] = field(default_factory=dict)
    valuable_from: str = "platinum"


@dataclass(frozen=True, slots=True)
class Advice:
    """Where to lead a customer, and the code of the reason."""

    act: str
    because: str


def valuable(tier: str | None, limits: Limits) -> bool:
    """Whether customers of this tier are never sent away from the counter against their wish."""
    order = codes.TIER_ORDER
    return tier in order and order.index(tier) >= order.index(limits.valuable_from)


def advise(
    *,
    business: str,
    amount: int | None,
    coins: bool,
    waiting: int,
    tier: str | None,
    wish: str,
    limits: Limits,
) -> Advice:
    """Whether to lead a customer to self-service, after S26.

    Cash and transfers below the limit go to self-service; not when coins or odd change are involved, not when nobody
    is queuing, and never a valuable customer who would rather be served: the counter is where the bank learns of them.

    Args:
        business: one of ``codes.LOBBY_BUSINESS``; empty: not asked yet.
        amount: minor units; None: not asked yet.
        coins: coins or odd change are involved.
        waiting: how many others wait at the branch.
        tier: the customer's, of last night; None where unknown.
        wish: ``counter``, ``self_service``, or empty where they did not say: a valuable customer is then served.
    """
    if not business:
        return Advice(ASK, "not_asked")
    if coins:
        return Advice(COUNTER, "coins")
    if business not in limits.amounts:
        return Advice(COUNTER, "business")
    if amount is None:
        return Advice(ASK, "not_asked")
    if amount >= limits.amounts[business]:
        return Advice(COUNTER, "amount")
    if valuable(tier, limits) and wish != "self_service":
        return Advice(COUNTER, "valuable")
    if waiting == 0:
        return Advice(COUNTER, "nobody_waits")
    return Advice(SELF_SERVICE, "small")


def moves_on(before: str, after: str) -> bool:
    """Whether a ticket may go from one state to another: forwards alone."""
    return _ORDER[after] > _ORDER[before]
