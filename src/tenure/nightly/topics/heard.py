"""Who could have been asked, who was heard, and the weights that let the heard speak for all (S19, S32).

Where the lake holds invitations, the frame is everybody who could have been asked in the last twelve months: drawn,
not drawn, or above a quota. The response rate is then known: of the links that were sent, did not come back and have
ended, how many were answered. Where the invitations account for too few of those who answered (a survey system that
sends answers only), the frame is the customers who had an occasion to be asked: they were served at a branch, opened
a product, had a complaint closed, used the app or were in contact with us, and did not refuse surveys; where the lake
knows no such occasion, every customer who made a transaction. How many of them were invited is then unknown, and so
is the rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa

from tenure.contracts import codes
from tenure.insight import months, opinion
from tenure.insight.inputs import TooLittleData
from tenure.insight.intervals import share

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.insight.intervals import Estimate
    from tenure.nightly.topics import Known

#: Outcomes of those who could have been asked.
COULD = ("drawn", "not_drawn", "quota")
#: Share of those who answered that invitations must account for before they are taken for the frame.
ACCOUNTED = 0.9
#: Months of answers that a picture of today rests on.
RECENT = 12
#: Customers that weights are learned from at most: above it every k-th, in the order of their numbers.
MOST = 200_000


@dataclass(frozen=True)
class Heard:
    """The frame, one row a customer (n,): ``party_id``, ``org_id``, ``tier``, and the covariates of answering.

    ``answered`` (n,): heard in the last twelve months. ``weights`` (n,), 0 for the silent, is None where nothing honest
    could be fitted. ``frame``: ``invited``, ``moments`` or ``active``. ``step``: every how manieth customer the frame
    holds. ``rate``: answered of the links sent that have ended; None where invitations are not known.
    """

    rows: pa.Table
    answered: NDArray[np.bool_]
    response: opinion.ResponseWeights | None
    frame: str
    step: int
    rate: Estimate | None = None

    @property
    def weight_of(self) -> dict[str, float]:
        """The weight of each customer who was heard."""
        if self.response is None:
            return {}
        found = np.flatnonzero(self.answered)
        ids = self.rows.column("party_id").to_numpy(zero_copy_only=False)[found]
        return dict(zip(ids.tolist(), self.response.weights[found].tolist(), strict=True))

    @property
    def imbalance(self) -> tuple[float, float] | None:
        """The largest standardised difference between the heard and the frame, before and after weighting."""
        if self.response is None or not self.response.balance:
            return None
        before, after = zip(*self.response.balance.values(), strict=True)
        return max(map(abs, before)), max(map(abs, after))


def since(known: Known, back: int = RECENT - 1) -> date:
    """First day of the month so many months before the open one."""
    return months.first_day(known.frames.past.window.month(back))


def answers(known: Known) -> ir.Table:
    """The survey answers known at ``as_of``, of the months the night sees."""
    survey = known.source("survey_response")
    return survey.filter(survey.answered_at.date() <= known.as_of)


def heard(known: Known) -> Heard:
    """The frame of the last twelve months with its weights; worked out once a night.

    Raises:
        TooLittleData: nobody was there to be asked.
    """
    found: Heard = known.once("heard", lambda: _heard(known))
    return found


def _heard(known: Known) -> Heard:
    rows = known.rows(_frame(known).order_by("party_id"))
    told = rows.column("told").to_numpy(zero_copy_only=False).astype(bool)
    agreed = rows.column("agreed").to_numpy(zero_copy_only=False).astype(bool)
    occasion = rows.column("occasions").to_numpy(zero_copy_only=False) > 0
    active = rows.column("active_months").to_numpy(zero_copy_only=False) > 0
    could = rows.column("could").to_numpy(zero_copy_only=False) > 0
    if told.any() and (could & told).sum() >= ACCOUNTED * told.sum() and (could & ~told).any():
        frame, inside = "invited", could | told
    else:
        frame = "moments" if (occasion & ~told).any() else "active"
        inside = ((occasion if frame == "moments" else active) & agreed) | told
    rows = rows.filter(pa.array(inside))
    step = -(-rows.num_rows // MOST)
    if step > 1:
        rows = rows.take(np.arange(0, rows.num_rows, step))
    if not rows.num_rows:
        raise TooLittleData("no customer had an occasion to be asked")
    answered = rows.column("told").to_numpy(zero_copy_only=False).astype(bool)
    rate = _rate(known) if frame == "invited" else None
    return Heard(rows, answered, _weights(rows, answered), frame, step, rate)


def _rate(known: Known) -> Estimate | None:
    """Answered of the links of the last twelve months that were sent, did not come back, and can be answered no more.

    A link still open is no silence yet; those already answered among the open would count without their silent ones.
    """
    t = known.source("survey_invitation")
    ended = t.expires_at.notnull() & (t.expires_at.date() <= known.as_of)
    kept = (t.outcome == "drawn") & ended & (t.asked_at.date() >= since(known)) & t.state.notnull()
    kept &= ~t.state.isin(["waiting", "bounced"])
    found = known.rows(t.filter(kept).aggregate(sent=ibis._.count(), answered=(ibis._.state == "answered").sum()))
    (row,) = found.to_pylist()
    return share(int(row["answered"] or 0), int(row["sent"])) if row["sent"] else None


def _weights(rows: pa.Table, answered: NDArray[np.bool_]) -> opinion.ResponseWeights | None:
    known_before = rows.select(
        [
            "kind",
            "tier",
            "habit",
            "org_id",
            "age",
            "tenure_months",
            "visits",
            "occasions",
            "active_months",
            "complained",
        ]
    )
    try:
        return opinion.response_weights(np.ones(len(answered), dtype=bool), answered, known_before)
    except TooLittleData:
        pass
    try:
        return opinion.post_stratify(answered, rows.column("tier"))
    except TooLittleData:
        return None


def _frame(known: Known) -> ir.Table:
    """One row for each customer who was here in the last twelve months, with the occasions they had."""
    began, figures = since(known), known.figures
    t = figures.filter(figures.left_on.isnull() | (figures.left_on >= began))
    age = (known.as_of.year - t.birth_date.year()).cast("float64")
    t = t.select(
        "party_id",
        "org_id",
        "tier",
        "kind",
        "tenure_months",
        habit=t.habit.coalesce("quiet"),
        age=ibis.ifelse(t.kind == "person", age, ibis.null("float64")),
        active_months=t.active_months_12m,
        agreed=t.consent_experience.coalesce(True),
        app=(t.digital_share_12m.coalesce(0.0) * t.transactions_12m > 0).cast("int64"),
    )
    ticket, contact = known.source("queue_ticket"), known.source("interaction")
    complaint, account, told = known.source("complaint"), known.accounts, answers(known)
    invited = known.source("survey_invitation")
    counted: dict[str, tuple[ir.Table, Any, Any]] = {
        "visits": (ticket, ticket.ended_at, ticket.ended_at.notnull()),
        "contacts": (contact, contact["at"], ibis.literal(True)),
        "settled": (complaint, complaint.closed_at, complaint.closed_at.notnull()),
        "complained": (complaint, complaint.received_at, ibis.literal(True)),
        "opened": (account, account.opened_on, ibis.literal(True)),
        "could": (invited, invited.asked_at, invited.outcome.isin(COULD)),
        "told": (told, told.answered_at, told.recommend.notnull() | told.satisfaction.notnull()),
    }
    for name, (rows, at, kept) in counted.items():
        kept &= rows.party_id.notnull() & (at.cast("date") >= began) & (at.cast("date") <= known.as_of)
        seen = rows.filter(kept).group_by("party_id").aggregate(**{name: ibis._.count()})
        t = t.left_join(seen, "party_id").drop("party_id_right")
    t = t.mutate(**{name: t[name].coalesce(0) for name in counted})
    return t.mutate(
        occasions=t.visits + t.contacts + t.settled + t.opened + t.app, told=t.told > 0, complained=t.complained > 0
    ).mutate(complained=ibis._.complained.cast("int64"), tier=t.tier.coalesce(codes.TIER_ORDER[0]))
