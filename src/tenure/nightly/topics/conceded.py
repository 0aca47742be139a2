"""Decided complaints with what was conceded on them, as comparisons of concessions want them (S16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tenure.contracts import codes
from tenure.insight import months
from tenure.insight.attrition.customer_months import serial_of
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known, among
from tenure.nightly.topics.experience import floats

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tenure.nightly.fairness_settings import Settings

    Flags = NDArray[np.bool_]

#: Ages from which the next band begins.
BANDS = ((30, "age_under_30"), (45, "age_30_44"), (60, "age_45_59"), (999, "age_60_up"))
#: Days in which an earlier complaint makes one loud.
YEAR = 365


@dataclass(frozen=True)
class Cases:
    """Decided complaints of known customers, (n,) each, the newest last.

    ``kind``: cause and business. ``given``: whether anything was; ``amount`` (minor units). ``known_of`` (n, k): assets
    in the month before and the amount in dispute, on the scale of a logarithm. ``loud``: an earlier complaint within a
    year, or by a channel that many hear; ``loyal``: with the bank for years.
    """

    party: NDArray[np.object_]
    org: NDArray[np.object_]
    day: NDArray[np.object_]
    month: NDArray[np.int64]
    channel: NDArray[np.object_]
    cause: NDArray[np.object_]
    kind: NDArray[np.object_]
    tier: NDArray[np.object_]
    sex: NDArray[np.object_]
    age: NDArray[np.object_]
    given: Flags
    amount: NDArray[np.float64]
    assets: NDArray[np.float64]
    disputed: NDArray[np.float64]
    earlier: NDArray[np.int64]
    public: Flags
    loyal: Flags

    @classmethod
    def of(cls, known: Known, held: Settings) -> Cases:
        """All of the months the night sees."""
        rows = known.rows(_decided(known).order_by("received_at", "complaint_id"))
        day = np.array(rows.column("day").to_pylist(), dtype="datetime64[D]")
        born = np.array(rows.column("birth_date").to_pylist(), dtype="datetime64[D]")
        years = (day - born) / np.timedelta64(1, "D") / 365.25
        person = np.array([kind == "person" for kind in rows.column("kind").to_pylist()], dtype=bool)
        bands = np.array([limit for limit, _ in BANDS[:-1]])
        told = person & ~np.isnat(born)
        age = np.where(told, np.searchsorted(bands, np.nan_to_num(years), side="right"), -1)
        names = np.array([code for _, code in BANDS] + [""], dtype=object)
        text = {
            name: np.array([str(value or "") for value in rows.column(name).to_pylist()], dtype=object)
            for name in ("party_id", "org_id", "channel_code", "cause_code", "business_code", "sex")
        }
        since = np.array(rows.column("since").to_pylist(), dtype="datetime64[D]")
        stayed = (day - since) / np.timedelta64(1, "D") / 30.44
        assets, amount = np.maximum(floats(rows, "assets"), 0), np.nan_to_num(floats(rows, "concession"))
        return cls(
            party=text["party_id"],
            org=text["org_id"],
            day=np.array([str(value) for value in rows.column("day").to_pylist()], dtype=np.object_),
            month=rows.column("month").to_numpy().astype(np.int64),
            channel=text["channel_code"],
            cause=text["cause_code"],
            kind=np.array(
                [f"{a}|{b}" for a, b in zip(text["cause_code"], text["business_code"], strict=True)], np.object_
            ),
            tier=_tiers(known, assets),
            sex=np.where(person, text["sex"], ""),
            age=names[age],
            given=amount > 0,
            amount=amount,
            assets=np.nan_to_num(assets),
            disputed=floats(rows, "disputed"),
            earlier=_earlier(known, text["party_id"], day),
            public=among(text["channel_code"], held.public),
            loyal=np.nan_to_num(stayed) >= held.loyal_months,
        )

    def only(self, which: Flags) -> Cases:
        """Those chosen."""
        return Cases(**{name: getattr(self, name)[which] for name in self.__dataclass_fields__})

    @property
    def loud(self) -> Flags:
        """An earlier complaint within a year, or by a channel that many hear."""
        return np.asarray((self.earlier > 0) | self.public, dtype=bool)

    def known_of(self, *, assets: bool = True) -> NDArray[np.float64]:
        """What else a concession may rightly depend on, (n, k)."""
        about = np.isnan(self.disputed)
        columns = [np.log1p(np.where(about, 0.0, self.disputed)), about.astype(np.float64)]
        if assets:
            columns.append(np.log1p(self.assets))
        return np.column_stack(columns)


def _tiers(known: Known, assets: NDArray[np.float64]) -> NDArray[np.object_]:
    """The tier that the assets of the month before would be, so that what came later says nothing."""
    ladder = np.array(known.frames.past.thresholds.tiers.ladder)
    place = np.searchsorted(ladder, np.nan_to_num(assets), side="right") - 1
    return np.array(codes.TIER_ORDER, dtype=object)[np.clip(place, 0, len(codes.TIER_ORDER) - 1)]


def _decided(known: Known) -> ir.Table:
    """Complaints of known customers received in the months the night sees, and closed by now."""
    t = known.source("complaint")
    since = months.first_day(known.frames.past.window.month(CURVE - 1))
    decided = (t.state == "closed") & t.closed_at.notnull() & (t.closed_at.date() <= known.as_of)
    t = t.filter(t.party_id.notnull() & decided & (t.received_at.date() >= since))
    t = t.select(
        "complaint_id", "party_id", "received_at", "org_id", "channel_code", "business_code", "cause_code",
        "concession", "disputed", day=t.received_at.date(), month=serial_of(t.received_at),
    )  # fmt: skip
    party = known.party.select("party_id", "kind", "sex", "birth_date", "since")
    t = t.inner_join(party, "party_id")
    closed, open_month = known.closed.by_party, known.frames.past.window.open_month
    before = t.select("complaint_id", "party_id", "month").inner_join(closed, "party_id")
    back = open_month - (before.month - 1)
    assets = ibis.cases(*((back == k, before[f"aum_{k}"]) for k in range(1, CURVE)), else_=None)
    t = t.left_join(before.select("complaint_id", assets=assets), "complaint_id").drop("complaint_id_right")
    return t.mutate(assets=t.assets.coalesce(0))


def _earlier(known: Known, party: NDArray[np.object_], day: NDArray[Any]) -> NDArray[np.int64]:
    """How many complaints of the same customer came within a year before."""
    t = known.source("complaint")
    rows = known.rows(t.semi_join(_decided(known), "party_id").select("party_id", day=t.received_at.date()))
    days: dict[str, list[Any]] = {}
    for who, on in zip(rows.column("party_id").to_pylist(), rows.column("day").to_pylist(), strict=True):
        days.setdefault(str(who), []).append(np.datetime64(on, "D"))
    return np.array(
        [
            sum(0 < (at - other) / np.timedelta64(1, "D") <= YEAR for other in days.get(who, ()))
            for who, at in zip(party, day, strict=True)
        ],
        dtype=np.int64,
    )
