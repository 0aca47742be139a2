"""What campaigns changed (S34): those drawn for a contact against those held out, by campaign and over all of them.

A response is an account opened within 90 days of the contact in the category of the offered product (in any category,
where none was offered): whoever is told of one fund and buys another has responded. The change of assets is the average
of the third full month after the contact's month less that of the month before it. Everything that is adjusted for was
known before the contact. A campaign is judged once its 90 days are over: looking every night and stopping at the first
good one would find effects that are not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tenure.contracts.findings import Cell, Figure, Figures, Grid, Section, Unit, Verdict
from tenure.insight import effects
from tenure.insight.inputs import TooLittleData
from tenure.insight.months import CURVE
from tenure.nightly.topics import Known, among, cell, figure, panels, said, times, uplift

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.insight.effects import Effect

    Numbers = NDArray[np.float64]
    Flags = NDArray[np.bool_]

#: Days within which a response counts.
_DAYS = 90
#: Full months after the contact's month in which assets are looked at.
_AFTER = 3
#: Campaigns of the grids, the newest first.
_CAMPAIGNS = 50
#: Contacts over all campaigns that a fit takes, about: those of customers at even distances by number.
_SAMPLE = 20_000
#: Held-out customers per covariate: fewer, and the adjustment adds more chance than it takes away.
_PER_COVARIATE = 10
#: Customers an arm needs before a mean of assets, which a few large ones carry, is told.
_LEAST_ASSETS = 50

#: What a response is adjusted for and what may tell whom a contact moves, the most telling first. Money only by its
#: logarithm: one rich customer would be a straight line's whole slope, and the interval many times as wide.
_TELLING = ("same", "assets", "made", "opened", "held", "years", "age")

_TONES = {"helped": "good", "hurt": "bad"}


@dataclass(frozen=True)
class Trial:
    """Customers of one campaign or of several; ``before`` what was known before the contact."""

    campaign: NDArray[Any]
    party: NDArray[Any]
    org: NDArray[Any]
    treated: Flags
    responded: Numbers
    gained: Numbers
    before: dict[str, Numbers]

    def where(self, mine: Flags) -> Trial:
        """A part of it."""
        return Trial(
            self.campaign[mine],
            self.party[mine],
            self.org[mine],
            self.treated[mine],
            self.responded[mine],
            self.gained[mine],
            {name: column[mine] for name, column in self.before.items()},
        )

    @property
    def smaller_arm(self) -> int:
        """Customers of the smaller arm."""
        return int(min(self.treated.sum(), (~self.treated).sum()))

    def telling(self) -> dict[str, Numbers]:
        """What may tell whom a contact moves."""
        return {name: self.before[name] for name in _TELLING}

    def covariates(self) -> dict[str, Numbers] | None:
        """As many of the telling columns known before as the smaller arm can carry."""
        few = _TELLING[: self.smaller_arm // _PER_COVARIATE]
        return {name: self.before[name] for name in few} or None

    def chance(self) -> Numbers:
        """Each customer's chance of being drawn in the campaign they were in."""
        _names, number = np.unique(self.campaign, return_inverse=True)
        share: Numbers = np.bincount(number, self.treated) / np.bincount(number)
        return share[number]


@dataclass(frozen=True)
class Campaign:
    """A campaign as it is listed. ``state``: judged, running (its 90 days are not over), or no_control."""

    name: str
    began: str
    category: str | None
    treated: int
    held_out: int
    state: str


def sections(known: Known) -> Iterator[tuple[str, Section]]:
    """What campaigns changed and what panels did; a bank with one of them is told of that one."""
    tested = list(panels.sections(known))
    try:
        yield from of_campaigns(known)
    except TooLittleData:
        if not tested:
            raise
    yield from tested


def of_campaigns(known: Known) -> Iterator[tuple[str, Section]]:
    """All campaigns together, each of them, what they did to assets, whom they move; then each branch's customers."""
    rows = contacts_of(known)
    campaigns = campaigns_of(rows, known.as_of)
    judged = [each.name for each in campaigns if each.state == "judged"]
    trial = trial_of(rows)
    trial = trial.where(among(trial.campaign, judged))
    yield known.bank, said("now", partial(together, trial, len(judged)))
    yield known.bank, each_campaign(campaigns, trial)
    yield known.bank, said("assets", partial(_assets, trial))
    if assets := _assets_each(campaigns, trial):
        yield known.bank, assets
    try:
        yield from ((org or known.bank, section) for org, section in uplift.sections(_sampled(trial), trial))
    except TooLittleData:
        yield known.bank, Figures("uplift", (), Verdict("too_little_data", tone="warn"))
    for org in known.branches:
        mine = trial.where(among(trial.org, known.below(org)))
        if org != known.bank and len(mine.treated):
            yield org, said("branch_now", partial(together, mine, len(set(mine.campaign)), "branch_now"))


def contacts_of(known: Known) -> pa.Table:
    """A row a campaign and customer, with what came of it and what was known before."""
    c = known.source("campaign_contact")
    c = c.filter(c["at"].date() <= known.as_of).mutate(on=c["at"].date())
    drawn = c.group_by("campaign_id", "party_id").aggregate(
        on=c.on.min(),
        product_id=c.product_id.min(),
        treated=(c.arm == "treated").max(),
        least=(c.arm == "treated").min(),
    )
    # somebody in both arms of one campaign says nothing of either
    drawn = drawn.filter(drawn.treated == drawn.least).drop("least")
    drawn = drawn.inner_join(known.party.select("party_id", "org_id", "since", "birth_date"), "party_id")
    product = known.source("product").select("product_id", "category")
    drawn = drawn.left_join(product, "product_id").drop("product_id_right")
    open_month = known.frames.past.window.open_month
    drawn = drawn.mutate(back=open_month - (drawn.on.year().cast("int64") * 12 + drawn.on.month().cast("int64") - 1))
    for part in (_opened(drawn, known.accounts), _months(drawn, known.closed.by_party)):
        drawn = drawn.left_join(part, ["campaign_id", "party_id"])
        drawn = drawn.drop("campaign_id_right", "party_id_right")
    rows = known.rows(drawn)
    if not rows.num_rows:
        raise TooLittleData("no campaign contacts", "Deliver campaign_contact, with an arm that was held out.")
    return rows.sort_by([("on", "descending"), ("campaign_id", "ascending"), ("party_id", "ascending")])


def _opened(drawn: ir.Table, accounts: ir.Table) -> ir.Table:
    """Whether the category was opened within the days, and the accounts held and opened before."""
    a = accounts.select("party_id", "opened_on", "closed_on", opened_category=accounts.category)
    t = drawn.select("campaign_id", "party_id", "on", "category").inner_join(a, "party_id")
    offered = t.category.isnull() | (t.opened_category == t.category)
    ahead = t.opened_on.delta(t.on, unit="day")
    return t.group_by("campaign_id", "party_id").aggregate(
        responded=t.count(where=offered & (ahead >= 0) & (ahead <= _DAYS)),
        held=t.count(where=(ahead < 0) & (t.closed_on.isnull() | (t.closed_on >= t.on))),
        opened=t.count(where=(ahead < 0) & (ahead >= -365)),
        same=t.count(where=offered & (ahead < 0) & (ahead >= -365)),
    )


def _months(drawn: ir.Table, closed: ir.Table) -> ir.Table:
    """Average assets before and after, and the customer's own transactions in the month before the contact's."""
    t = drawn.select("campaign_id", "party_id", "back").left_join(closed, "party_id")
    made = t.curve_transactions.split(",")

    def of(back: int, values: Any) -> tuple[Any, Any]:
        return t.back == back, values

    nothing = ibis.null("int64")
    last = CURVE - 1
    return t.select(
        "campaign_id",
        "party_id",
        assets=ibis.cases(*(of(k, t[f"aum_{k + 1}"]) for k in range(last)), else_=nothing),
        assets_earlier=ibis.cases(*(of(k, t[f"aum_{k + 3}"]) for k in range(last - 2)), else_=nothing),
        assets_after=ibis.cases(*(of(k, t[f"aum_{k - _AFTER}"]) for k in range(_AFTER + 1, last + 1)), else_=nothing),
        made=ibis.cases(*(of(k, made[last - k - 1].try_cast("int64")) for k in range(last)), else_=nothing),
    )


def trial_of(rows: pa.Table) -> Trial:
    """The rows of :func:`contacts_of` as columns of numbers: the response, the change of assets, what was known."""

    def numbers(name: str) -> Numbers:
        return np.nan_to_num(rows.column(name).to_numpy(zero_copy_only=False).astype(np.float64), nan=0.0)

    assets, after = numbers("assets"), numbers("assets_after")
    known_after = np.asarray(rows.column("assets_after").is_valid())
    on, since, born = (
        rows.column(name).to_numpy(zero_copy_only=False).astype("datetime64[D]")
        for name in ("on", "since", "birth_date")
    )
    years = np.where(np.isnat(since), 0.0, (on - since).astype(np.float64) / 365.25)
    age = np.where(np.isnat(born), 0.0, (on - born).astype(np.float64) / 365.25)
    campaign, party, org = (
        rows.column(name).to_numpy(zero_copy_only=False) for name in ("campaign_id", "party_id", "org_id")
    )
    return Trial(
        campaign,
        party,
        org,
        treated=rows.column("treated").to_numpy(zero_copy_only=False).astype(bool),
        responded=(numbers("responded") > 0).astype(np.float64),
        gained=np.where(known_after, after - assets, np.nan),
        before={
            "same": np.minimum(numbers("same"), 5),
            "assets": np.log1p(np.maximum(assets, 0) / 100),
            "made": np.log1p(np.maximum(numbers("made"), 0)),
            "opened": np.log1p(numbers("opened")),
            "held": numbers("held"),
            "years": years,
            "balance": assets,
            "earlier": numbers("assets_earlier"),
            "age": age,
        },
    )


def campaigns_of(rows: pa.Table, as_of: date) -> list[Campaign]:
    """The campaigns, the newest first."""
    columns = (rows.column(name).to_pylist() for name in ("campaign_id", "on", "category", "treated"))
    found: dict[str, list[tuple[Any, Any, bool]]] = {}
    for name, *rest in zip(*columns, strict=True):
        found.setdefault(str(name), []).append((rest[0], rest[1], bool(rest[2])))
    listed = []
    for name, contacts in found.items():
        days = [on for on, _category, _treated in contacts]
        treated = sum(lot for _on, _category, lot in contacts)
        offered = Counter(each for _on, each, _lot in contacts).most_common(1)[0][0]
        state = "judged"
        if not treated or treated == len(contacts):
            state = "no_control"
        elif max(days) + timedelta(days=_DAYS) > as_of:
            state = "running"
        listed.append(Campaign(name, min(days).isoformat(), offered, treated, len(contacts) - treated, state))
    return sorted(listed, key=lambda each: (each.began, each.name), reverse=True)


def _effect(trial: Trial) -> Effect:
    """Of several campaigns: each customer weighted by the chance of the arm, and counted once for the spread."""
    return effects.effect(
        trial.responded, trial.treated, trial.covariates(), propensity=trial.chance(), cluster=trial.party
    )


def _sampled(trial: Trial) -> Trial:
    """Customers at even distances by number, with all their campaigns: as many as make up the sample."""
    if len(trial.party) <= _SAMPLE:
        return trial
    people = np.unique(trial.party)
    kept = len(people) * _SAMPLE // len(trial.party)
    return trial.where(among(trial.party, people[np.arange(kept) * len(people) // kept].tolist()))


def together(trial: Trial, campaigns: int, code: str = "now") -> Figures:
    """The effect over all campaigns of ``trial``, in points; raises TooLittleData where no campaign has both arms."""
    part = _sampled(trial)
    if not part.smaller_arm or ((chance := part.chance()) <= 0.01).any() or (chance >= 0.99).any():
        # a campaign with nobody of this branch in one arm says nothing here
        chance = part.chance()
        part = part.where((chance > 0.01) & (chance < 0.99))
    if not part.smaller_arm:
        raise TooLittleData("no campaign with both arms", "Hold some customers out of each campaign.")
    found = _effect(part)
    value = found.estimate
    weights = 1 / np.where(part.treated, part.chance(), 1 - part.chance())
    shares = [float(np.average(part.responded[arm], weights=weights[arm])) for arm in (part.treated, ~part.treated)]
    figures = [
        figure("effect", Unit.POINTS, value, 100),
        Figure("response_treated", Unit.SHARE, shares[0], n=found.treated_n),
        Figure("response_held_out", Unit.SHARE, shares[1], n=found.control_n),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {"campaigns": (Unit.COUNT, campaigns)}
    if value.value is not None:
        treated = int(trial.treated.sum())
        extra, low, high = (None if e is None else e * treated for e in (value.value, value.low, value.high))
        figures.append(Figure("extra", Unit.COUNT, extra, low, high))
        numbers |= {
            "effect": (Unit.POINTS, times(value.value, 100)),
            "low": (Unit.POINTS, times(value.low, 100)),
            "high": (Unit.POINTS, times(value.high, 100)),
            "detectable": (Unit.SPREAD, times(found.minimum_detectable, 100)),
        }
    return Figures(code, figures, Verdict(f"together_{found.verdict}", numbers, _TONES.get(found.verdict, "")))


def each_campaign(campaigns: list[Campaign], trial: Trial) -> Grid:
    """Each of ``campaigns`` by itself, judged where its 90 days are over; effects in points with their intervals."""
    rows: list[list[Cell]] = []
    verdicts: Counter[str] = Counter()
    for each in campaigns[:_CAMPAIGNS]:
        shown: list[Cell] = [None, None, None, None, each.state]
        if each.state == "judged":
            mine = trial.where(trial.campaign == each.name)
            found = effects.effect(mine.responded, mine.treated, mine.covariates())
            value = found.estimate
            shown = [
                float(mine.responded[mine.treated].mean()),
                float(mine.responded[~mine.treated].mean()),
                cell(value, 100),
                times(found.minimum_detectable, 100),
                found.verdict,
            ]
        verdicts[str(shown[-1])] += 1
        rows.append([each.name, each.began, each.category, each.treated, each.held_out, *shown])
    columns = [
        ("campaign", Unit.TEXT),
        ("began", Unit.DATE),
        ("offered", Unit.CATEGORY),
        ("treated", Unit.COUNT),
        ("held_out", Unit.COUNT),
        ("share_treated", Unit.SHARE),
        ("share_held_out", Unit.SHARE),
        ("effect_points", Unit.POINTS),
        ("detectable", Unit.SPREAD),
        ("verdict", Unit.CODE),
    ]
    counted: dict[str, tuple[Unit, Cell]] = {
        name: (Unit.COUNT, verdicts[name])
        for name in ("helped", "hurt", "no_difference_found", "too_little_data", "running", "no_control")
    }
    return Grid("campaigns", columns, rows, Verdict("campaigns_counted", counted))


def _assets(trial: Trial) -> Figures:
    """Over all campaigns whose third month is over."""
    part = _sampled(trial.where(~np.isnan(trial.gained)))
    if part.smaller_arm < _LEAST_ASSETS:
        raise TooLittleData(f"{part.smaller_arm} customers in the smaller arm", f"It takes {_LEAST_ASSETS}.")
    found = effects.effect(part.gained, part.treated, _money_before(part), propensity=part.chance(), cluster=part.party)
    value = found.estimate
    figures = [
        figure("asset_effect", Unit.MONEY, value),
        Figure("detectable_money", Unit.MONEY, found.minimum_detectable),
    ]
    numbers: dict[str, tuple[Unit, Cell]] = {
        "effect": (Unit.MONEY, value.value),
        "low": (Unit.MONEY, value.low),
        "high": (Unit.MONEY, value.high),
    }
    return Figures("assets", figures, Verdict(f"assets_{found.verdict}", numbers, _TONES.get(found.verdict, "")))


def _assets_each(campaigns: list[Campaign], trial: Trial) -> Grid | None:
    """The campaigns with customers enough for a mean of money; None where there is none."""
    told = trial.where(~np.isnan(trial.gained))
    rows: list[list[Cell]] = []
    for each in campaigns[:_CAMPAIGNS]:
        mine = told.where(told.campaign == each.name)
        if mine.smaller_arm < _LEAST_ASSETS:
            continue
        found = effects.effect(mine.gained, mine.treated, _money_before(mine))
        value = found.estimate
        rows.append(
            [
                each.name,
                each.began,
                found.treated_mean,
                found.control_mean,
                cell(value),
                found.minimum_detectable,
                found.verdict,
            ]
        )
    columns = [
        ("campaign", Unit.TEXT),
        ("began", Unit.DATE),
        ("change_treated", Unit.MONEY),
        ("change_held_out", Unit.MONEY),
        ("asset_effect", Unit.MONEY),
        ("detectable_money", Unit.MONEY),
        ("verdict", Unit.CODE),
    ]
    return Grid("assets_each", columns, rows) if rows else None


def _money_before(trial: Trial) -> dict[str, Numbers]:
    """The balances of before, in money: they explain most of the balances of after (CUPED)."""
    return {name: trial.before[name] for name in ("balance", "earlier")}
