"""What customers are worth and need, over a night: value from margins and survival, needs from rules and likelihoods.

Who has no survival curve of the model's is given a plain rate (:mod:`tenure.nightly.staying`). Likelihoods of opening
are learned once a month from a sample of the attrition panel; one that is not calibrated, or has seen too few openings,
is not used: the rule's strength alone then speaks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tenure.contracts import codes
from tenure.insight import months, needs, value
from tenure.insight.attrition.features import FEATURES
from tenure.insight.attrition.told import told
from tenure.insight.exact import rounded, total
from tenure.insight.inputs import TooLittleData
from tenure.insight.needs.propensity import AHEAD
from tenure.nightly import staying
from tenure.nightly.caching import write_rows

if TYPE_CHECKING:
    from pathlib import Path

    import ibis.expr.types as ir

    from tenure.lake import Lake
    from tenure.nightly.outlook import Outlook
    from tenure.nightly.topics import Known

#: Folder of the cached tables with the likelihoods of opening.
FOLDER = "propensity"
#: What a likelihood is judged by and told with; another form is learned anew.
FORM = "fifths"
#: Rows of the panel that a likelihood is learned from, and months back.
MOST_ROWS, MONTHS_BACK = 40_000, 15
#: A bank's own settings of value and needs, in the lake's folder.
OWN_FILES = ("value.toml", "needs.toml")
#: Features told as evidence of a likelihood, and from how many times the mean on.
SAID, SAID_FROM = 2, 2.0
#: The closed month, counted back, that the last one is set against to see how far margins move in a year.
_YEAR_AGO = 13
_CATEGORIES = tuple(dict.fromkeys(rule.category for rule in needs.RULES))
#: What openings are foretold by: not what was opened lately, which is the outcome itself seen from behind.
_NAMES = tuple(feature.name for feature in FEATURES if not feature.name.startswith("opened_"))
_MONEY = tuple(feature.name for feature in FEATURES if feature.unit == "minor unit")


@dataclass(frozen=True)
class Likelihoods:
    """Likelihoods of opening (``party_id``, ``category``, ``propensity``, ``because``), and each category's model."""

    table: ir.Table | None
    models: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Basis:
    """What a night's values rest on, for the page that shows them.

    ``assumptions`` with the errors that were used; ``hazard`` and ``margin`` where these come from; ``staying`` the
    plain rates; ``unpriced`` the accounts that earn nothing because nothing gives them a price.
    """

    assumptions: value.Assumptions
    hazard: value.Measured
    margin: value.Measured
    staying: staying.Staying
    unpriced: int


def of(known: Known, outlook: Outlook, scores: pa.Table | None) -> tuple[ir.Table, ir.Table, Basis]:
    """Each customer's value in the outlook's columns, what a holding of each category is worth on average, and what
    both rest on.

    ``scores`` are those of :func:`tenure.nightly.outlook.score`; None where there is no model.
    """
    set_ = known.assumptions
    product = known.source("product")
    stays = staying.of(known, outlook, scores)
    card = known.record.card if known.record is not None and scores is not None else None
    hazard = staying.error(stays, card, set_.hazard_error)
    margin = value.margin_error(*_margins_by_tier(known, outlook, set_), set_.margin_error)
    set_ = replace(set_, hazard_error=hazard.used, margin_error=margin.used)
    held = value.averaged(known.standing, known.closed.by_account, known.frames.past.window)
    found = value.of_customers(held, product, _usage(known), stays.survival, set_, known.as_of)
    found = known.frames.keep(
        "worth", found.select("party_id", "value", "value_low", "value_high", "value_months", "value_parts", "unpriced")
    )
    unpriced = known.rows(found.aggregate(n=total(found.unpriced))).column("n")[0].as_py()
    earned = value.of_holdings(held, product, set_)
    # A service has no balance of its own: what it earns is not told by its holdings, rather than nothing.
    earned = earned.filter(earned.part != "fees")
    worths = value.worth_of_categories(earned, stays.survival, set_, known.as_of)
    basis = Basis(set_, hazard, margin, stays, int(unpriced or 0))
    return found.drop("unpriced"), known.frames.keep("category_worth", worths), basis


def _margins_by_tier(known: Known, outlook: Outlook, set_: value.Assumptions) -> tuple[list[float], list[float]]:
    """A year's margin of those who stayed, by the tier they had a year ago, in that month and in the last closed one.

    By daily averages of the two months at today's rates and prices: what moved is what customers hold.
    """
    parties, losses = known.closed.by_party, outlook.losses()
    stayed = known.figures.filter(known.figures.left_on.isnull()).select("party_id")
    if losses is not None:
        stayed = stayed.anti_join(losses.filter(losses.lost.notnull()), "party_id")
    t = parties.filter(parties[f"tier_{_YEAR_AGO}"].notnull()).select("party_id", tier=f"tier_{_YEAR_AGO}")
    t = t.semi_join(stayed, "party_id")
    for name, back in (("then", _YEAR_AGO), ("now", 1)):
        days = known.closed.by_account.select("account_id", area=f"days_{back}")
        held = known.accounts.inner_join(days, "account_id")
        length = months.length(known.frames.past.window.month(back))
        held = held.mutate(average=rounded(held.area, length), closed_on=ibis.null("date"))
        earned = value.of_holdings(held, known.source("product"), set_)
        sums = earned.group_by("party_id").aggregate(**{name: total(earned.earned + earned.loss)})
        t = t.left_join(sums, "party_id").drop("party_id_right")
    t = t.group_by("tier").aggregate(then=total(t.then), now=total(t.now), customers=t.count())
    rows = known.rows(t.filter(t.customers >= value.FEWEST_CUSTOMERS).order_by("tier")).to_pylist()
    return [float(row["then"]) for row in rows], [float(row["now"]) for row in rows]


def wanted(known: Known, outlook: Outlook, worth: ir.Table) -> tuple[ir.Table, Likelihoods]:
    """The published ``need``, and the likelihoods that it rests on."""
    held = known.frames.past.thresholds
    set_ = needs.load(known.currency, known.own("needs.toml"), scale=held.scale)
    set_ = replace(set_, silence_is_consent=held.worklist.silence_is_consent)  # the bank decides once, for every list
    here = known.figures.filter(known.figures.left_on.isnull())
    relation = known.source("relation")
    received, usual = _received(known, set_)
    seen = needs.customers(
        known.party, here, relation, known.as_of, set_, accounts=known.accounts, receipts=received, usual=usual
    )
    likely = likelihoods(known, outlook)
    seen = known.frames.keep("wanting", seen)
    related = known.frames.keep("related", needs.related(seen, needs.in_force(relation, known.as_of), set_))
    product = known.source("product")
    return needs.proposals(seen, product, known.as_of, set_, likely.table, worth, related), likely


def own_files(lake: Lake) -> dict[str, str]:
    """What the bank has written of its own about value and needs, by the file's name: a night rests on it."""
    paths = (lake.path / name for name in OWN_FILES)
    return {path.name: path.read_text("utf-8", errors="replace") for path in paths if path.exists()}


def _received(known: Known, set_: needs.NeedSettings) -> tuple[ir.Table, ir.Table | None]:
    """Receipts of the closed months, made once a month, and of the open one; and what usually comes in."""
    past, accounts = known.frames.past, known.accounts
    first = months.first_day(past.window.month(needs.MONTHS))
    began = months.first_day(past.window.open_month)
    t = known.source("transaction")
    day = t.booked_at.date()
    before, now = t.filter((day >= first) & (day < began)), t.filter((day >= began) & (day <= known.as_of))
    level = min(set_.level["large_inflow"], set_.level["windfall"])
    closed = past.of_closed(known.closed, f"receipts-{level}", lambda: needs.receipts(before, accounts, set_))
    received = ibis.union(closed, needs.receipts(now, accounts, set_))
    last = past.window.open_month - 1
    cubes = [cube for at, cube in past.cubes().items() if last - 11 <= at <= last]
    if not cubes:
        return received, None
    return received, past.of_closed(known.closed, "usual", lambda: needs.usual_inflow(cubes, accounts))


def likelihoods(known: Known, outlook: Outlook) -> Likelihoods:
    """How likely each customer opens each kind of product within three months: once a month, then from the cache."""
    panel = outlook.panel()
    if panel is None:
        return Likelihoods(None)
    cache = known.frames.past.cache
    path = cache.path(FOLDER, f"{panel.stem}-{FORM}")
    cache.used.add(path)
    if not cache.has(path):
        _learn(known, outlook, panel, path)
    models = json.loads((pq.read_schema(path).metadata or {}).get(b"models", b"[]"))
    cache.sweep(FOLDER)
    return Likelihoods(cache.engine.read([path]), tuple(models))


def _learn(known: Known, outlook: Outlook, panel: Path, path: Path) -> None:
    last = outlook.last
    rows = outlook.sample(panel, MOST_ROWS * 2)
    rows = rows.filter(pc.greater(rows["month"], pa.scalar(last - MONTHS_BACK, pa.int64())))
    now = known.frames.past.cache.engine.read([panel])
    today = known.rows(now.filter(now.month == last).select("party_id", "month", *_NAMES))
    labelled, models, parts = _with_openings(known, _levelled(rows), last), list[dict[str, Any]](), list[pa.Table]()
    levelled = _levelled(today)
    for category in _CATEGORIES:
        model = needs.PropensityModel(category, _NAMES)
        try:
            model.fit(labelled)
        except TooLittleData:
            models.append({"category": category, "state": "too_few_openings"})
            continue
        models.append(
            {
                "category": category,
                "state": "used" if model.calibrated_ else "not_calibrated",
                "auc": model.auc_,
                "opened": [model.opened_.value, model.opened_.low, model.opened_.high],
                "stated": model.stated_,
                "slope": [model.slope_.value, model.slope_.low, model.slope_.high],
                "rows": model.opened_.n,
            }
        )
        if model.calibrated_:
            parts.append(_because(model, levelled, today))
    kinds: dict[str, pa.DataType] = {
        "party_id": pa.string(), "category": pa.string(), "propensity": pa.float64(), "because": pa.string(),
    }  # fmt: skip
    schema = pa.schema(kinds)
    found = pa.concat_tables([part.cast(schema) for part in parts]) if parts else schema.empty_table()
    write_rows(found.replace_schema_metadata({"models": json.dumps(models)}), path)


def _because(model: needs.PropensityModel, levelled: pa.Table, plain: pa.Table) -> pa.Table:
    """The likelihoods and, of who is far above the mean, the features that speak for it most, as evidence."""
    found = model.propensity(levelled)
    chance = found["propensity"].to_numpy()
    company = plain["company"].cast(pa.float64()).to_numpy() == 1
    mean = np.zeros(len(chance))
    for kind in (company, ~company):
        mean[kind] = chance[kind].mean() if kind.any() else 0.0
    high = np.flatnonzero(chance >= SAID_FROM * mean)
    at = pa.array(high, pa.int64())
    said: list[str | None] = [None] * len(chance)
    adds = model.contributions(levelled.take(at))
    columns = {name: plain[name].take(at).to_pylist() for name in model.features}
    for row, (place, order) in enumerate(zip(high.tolist(), np.argsort(-adds, axis=1)[:, :SAID].tolist(), strict=True)):
        speak = [model.features[k] for k in order if adds[row, k] > 0]
        said[place] = ",".join(json.dumps(told(name, columns[name][row])) for name in speak)
    return found.append_column("because", pa.array(said, pa.string()))


def _levelled(rows: pa.Table) -> pa.Table:
    """Amounts as signed logarithms: a hundred times as rich is not a hundred times as likely."""
    for name in _MONEY:
        plain = rows[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(np.sign(plain) * np.log1p(np.abs(plain))))
    return rows


def _with_openings(known: Known, rows: pa.Table, last: int) -> pa.Table:
    """``opened_<category>``: opened in the three months after the landmark; null where these are not over."""
    a = known.accounts.filter(known.accounts.category.isin(_CATEGORIES))
    month = a.opened_on.year().cast("int64") * 12 + a.opened_on.month().cast("int64") - 1
    a = a.select("party_id", "category", month=month).filter(ibis._.month.between(last - MONTHS_BACK, last)).distinct()
    opened = known.rows(a)
    number: dict[Any, int] = {name: k for k, name in enumerate(pc.unique(rows["party_id"]).to_pylist())}
    landmark = rows["month"].to_numpy()
    who = np.array([number[name] for name in rows["party_id"].to_pylist()], dtype=np.int64) * 100_000
    over = landmark + AHEAD <= last
    for category in _CATEGORIES:
        mine = opened.filter(pc.equal(opened["category"], pa.scalar(category)))
        pairs: Any = zip(mine["party_id"].to_pylist(), mine["month"].to_pylist(), strict=True)
        keys = np.array([number[name] * 100_000 + at for name, at in pairs if name in number], dtype=np.int64)
        hit = np.zeros(rows.num_rows, dtype=bool)
        for ahead in range(1, AHEAD + 1):
            hit |= np.isin(who + landmark + ahead, keys)
        rows = rows.append_column(f"opened_{category}", pa.array(hit.astype(np.float64), mask=~over))
    return rows


def _usage(known: Known) -> ir.Table:
    """A year of what customers used and paid: the twelve closed months, worked out once a month."""
    past = known.frames.past
    last = past.window.open_month - 1
    first = last - 11
    cubes = [cube for at, cube in past.cubes().items() if first <= at <= last]
    if not cubes:
        return known.figures.limit(0).select("party_id", fees_12m=ibis.literal(0, "int64"))

    def make() -> ir.Table:
        t = known.source("transaction")
        month = t.booked_at.year().cast("int64") * 12 + t.booked_at.month().cast("int64") - 1
        paid = t.mutate(month=month).filter((t.kind == "fee") & ibis._.month.between(first, last))
        fees = paid.group_by("account_id", "month").aggregate(fees=total(-paid.amount))
        counted = ("account_id", "month", *(f"made_{channel}" for channel in codes.CHANNELS if channel != "system"))
        parts = [cube.select(*counted) for cube in cubes]
        activity = parts[0] if len(parts) == 1 else ibis.union(*parts)
        return value.usage(activity, known.accounts, fees, first, last)

    return past.of_closed(known.closed, "usage", make)
