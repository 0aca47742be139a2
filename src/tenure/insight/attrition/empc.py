"""Expected maximum profit of a retention campaign, computed exactly (Verbraken, Verbeke and Baesens 2013).

"A novel profit maximizing metric for measuring classification performance of customer churn prediction models",
IEEE TKDE 25(5), 961–973. Contacting the share that scores highest earns, per customer of the base (eq. 6),

    P(t; γ) = CLV · (γ(1 − δ) − φ) · π₀F₀(t) − CLV · (δ + φ) · π₁F₁(t),

π₀F₀ the share that is contacted and would have left, π₁F₁ contacted and would have stayed, δ = d ÷ CLV the incentive,
φ = f ÷ CLV the contact. The share γ of leavers who accept is Beta(α, β); EMPC = E_γ[max over t of P] (eq. 9). The
maximum lies on the convex hull of the ROC curve, whose corners divide γ into intervals: each is integrated in closed
form by the incomplete beta function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import betainc

from tenure.errors import InputError
from tenure.insight.inputs import TooLittleData, column, flags, same_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class ExpectedProfit:
    """``empc`` in money per customer of the base; ``target_share`` the share to contact; ``threshold`` the lowest
    score among them (None: contact nobody), at the expected acceptance α ÷ (α + β)."""

    empc: float
    target_share: float
    threshold: float | None


def expected_maximum_profit(
    outcome: Any,
    score: Any,
    *,
    alpha: float = 6.0,
    beta: float = 14.0,
    clv: Any = 200.0,
    incentive: float = 10.0,
    contact: float = 1.0,
) -> ExpectedProfit:
    """EMPC of ``score`` (higher leaves sooner) against ``outcome`` (1 left), both of shape ``(n,)``.

    ``clv`` is one value or one for each customer (money, as ``incentive`` d and ``contact`` f). With individual values
    the profit of each contact is the customer's own: a leaver's γ(CLVᵢ − d) − f, a stayer's −(d + f), and the same hull
    is taken over these sums (Óskarsdóttir et al. 2018).

    Raises:
        TooLittleData: nobody left, or nobody stayed.
        InputError: α, β or CLV not above 0, d or f below 0.
    """
    left, scores = flags(outcome, "outcome"), column(score, "score")
    same_length(outcome=left, score=scores)
    if not left.any() or left.all():
        raise TooLittleData("the expected profit needs customers who left and customers who stayed")
    if min(alpha, beta) <= 0 or min(incentive, contact) < 0:
        raise InputError("alpha and beta must be above 0, incentive and contact at least 0")
    values = np.broadcast_to(column(np.atleast_1d(np.asarray(clv)), "clv", minimum=1e-9), left.shape)
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order]) != 0), len(left) - 1)
    n = len(left)
    # Profit of contacting down to each distinct score is gain · γ − cost; both grow with the share contacted.
    gain = np.append(0.0, np.cumsum(np.where(left, values - incentive, 0.0)[order])[ends]) / n
    cost = np.append(0.0, np.cumsum(np.where(left, contact, incentive + contact)[order])[ends]) / n
    shares = np.append(0.0, (ends + 1) / n)
    corners = _hull(cost, gain)
    rise, run = np.diff(gain[corners]), np.diff(cost[corners])
    turns = np.clip(np.divide(run, rise, out=np.full(len(run), np.inf), where=rise > 0), 0.0, 1.0)
    bounds = np.concatenate([[0.0], turns, [1.0]])
    chance = np.diff(betainc(alpha, beta, bounds))
    mean_part = np.diff(betainc(alpha + 1, beta, bounds)) * alpha / (alpha + beta)
    expected = float((gain[corners] * mean_part - cost[corners] * chance).sum())
    best = corners[int(np.searchsorted(turns, alpha / (alpha + beta)))]
    threshold = None if best == 0 else float(scores[order][ends[best - 1]])
    return ExpectedProfit(expected, float((shares[corners] * chance).sum()), threshold)


@dataclass(frozen=True)
class Contacts:
    """``worth (n,)``: whom to contact at the expected acceptance; ``threshold (n,)``: the probability from which each
    customer would be (above 1: never). ``profit`` (money, of all) and ``share`` (to contact) are expected over the
    acceptance, with the best choice at each."""

    worth: NDArray[np.bool_]
    threshold: Numbers
    profit: float
    share: float


def worth_contacting(
    probability: Any, value: Any, *, incentive: float, contact: float, alpha: float = 6.0, beta: float = 14.0
) -> Contacts:
    """Whom a campaign should contact before anybody knows who leaves: EMPC in expectation, each customer with an own
    value (Óskarsdóttir et al. 2018).

    With ``probability`` p of leaving and ``value`` V, both ``(n,)``, contacting earns at acceptance γ
    γ·p(V − d) − [p·f + (1 − p)(d + f)]. That is above 0 where γ exceeds the quotient of the two, so the best choice at
    each γ is known without a ranking, and its mean over γ ~ Beta(α, β) is a sum of incomplete beta functions. At the
    expected γ̄ the customer is worth it from p = (d + f) ÷ (γ̄(V − d) + d) on. Probabilities must mean what they say:
    out of calibration, so is the profit.

    Raises:
        InputError: not the same length, a probability outside [0, 1], costs below 0, α or β not above 0.
    """
    p = column(probability, "probability", minimum=0.0, maximum=1.0)
    v = column(value, "value")
    same_length(probability=p, value=v)
    if min(alpha, beta) <= 0 or min(incentive, contact) < 0:
        raise InputError("alpha and beta must be above 0, incentive and contact at least 0")
    gain, cost = p * (v - incentive), p * contact + (1 - p) * (incentive + contact)
    turn = np.where(gain > cost, np.divide(cost, gain, out=np.ones(len(p)), where=gain > 0), 1.0)
    mean = alpha / (alpha + beta)
    above = 1 - betainc(alpha, beta, turn)
    profit = float((gain * mean * (1 - betainc(alpha + 1, beta, turn)) - cost * above).sum())
    least = mean * (v - incentive) + incentive
    wanted = np.divide(incentive + contact, least, out=np.full(len(p), np.inf), where=least > 0)
    share = float(above.mean()) if len(p) else 0.0
    return Contacts(turn < mean, wanted, profit, share)


def _hull(x: Numbers, y: Numbers) -> NDArray[np.int64]:
    """Indices of the corners of the upper convex hull from (0, 0) on; ``x`` rises."""
    kept: list[int] = []
    for i in range(len(x)):
        while kept and x[i] == x[kept[-1]] and y[i] >= y[kept[-1]] and len(kept) > 1:
            kept.pop()
        while len(kept) > 1 and (y[i] - y[kept[-2]]) * (x[kept[-1]] - x[kept[-2]]) >= (y[kept[-1]] - y[kept[-2]]) * (
            x[i] - x[kept[-2]]
        ):
            kept.pop()
        kept.append(i)
    # Where individual values lie below the incentive the hull may fall again: contacting more never pays there.
    top = int(np.argmax(y[kept]))
    return np.array(kept[: top + 1])
