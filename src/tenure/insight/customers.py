"""The customer frame: facts and every figure of the contract, one row a party, and the curves beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from tenure.contracts import PUBLISHED, codes
from tenure.insight import activity, behaviour, main_bank, payroll, score, tiers
from tenure.insight.exact import add_up, joined, number_text, rounded, smallest
from tenure.insight.history import CURVES
from tenure.insight.months import CURVE, Window, label
from tenure.insight.score import share

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds


@dataclass(frozen=True)
class Parts:
    """What the frame is put together from, each with at most one row a party (``party`` exactly one).

    ``party`` and ``paths`` (org_id, org_path) are facts; ``holdings`` is :func:`holdings.by_party`, ``history``
    :func:`history.of_parties`, ``activity`` :func:`activity.open_month`, ``voices`` :func:`voices`.
    """

    party: ir.Table
    paths: ir.Table
    holdings: ir.Table
    history: ir.Table
    activity: ir.Table
    voices: ir.Table


def known(party: ir.Table, window: Window) -> ir.Table:
    """The parties the bank knew at ``as_of``; who left later hasn't left yet."""
    there = party.filter(party.since.isnull() | (party.since <= window.as_of))
    return there.mutate(left_on=ibis.ifelse(there.left_on <= window.as_of, there.left_on, ibis.null("date")))


def consented(party: ir.Table, words: ir.Table, window: Window) -> ir.Table:
    """The parties with what they said at the desk since: a word counts while the bank's file says what it said then.

    ``words`` is the lake's ``consent``; of several words of a customer for a purpose the last one counts.
    """
    standing = words.filter(
        (words.said_at.date() <= window.as_of) & (words.ended_at.isnull() | (words.ended_at.date() > window.as_of))
    )
    for purpose in codes.CONSENTS:
        column = f"consent_{purpose}"
        of_it = standing.filter(standing.purpose == purpose)
        last = of_it.group_by("party_id").aggregate(
            word=of_it.given.argmax(of_it.said_at),
            # three states as a number, since an aggregate passes over what is not there
            then=_three(of_it.bank_said).argmax(of_it.said_at),
        )
        party = party.left_join(last, "party_id").drop("party_id_right")
        counts = party.word.notnull() & (party.then == _three(party[column]))
        party = party.mutate(**{column: ibis.ifelse(counts, party.word, party[column])}).drop("word", "then")
    return party


def rated(party: ir.Table, answers: ir.Table, window: Window) -> ir.Table:
    """The parties with the rating of risk they were given at the desk, where the bank's file tells no newer one.

    ``answers`` is the lake's ``risk_answers``. Only what the customer confirmed counts, the last of it, as low as
    somebody took it; of one day the desk's word holds, as on the desk's own pages. A rating in the file without its
    day cannot be told valid.
    """
    as_of = window.as_of
    of_it = answers.filter((answers.taken_at.date() <= as_of) & (answers.confirmed_at.date() <= as_of))
    lower = of_it.overruled_to.notnull() & (of_it.overruled_at.date() <= as_of)
    of_it = of_it.mutate(code=ibis.ifelse(lower, of_it.overruled_to, of_it.rating))
    last = of_it.group_by("party_id").aggregate(
        desk_code=of_it.code.argmax(of_it.taken_at), desk_on=of_it.taken_at.max().date()
    )
    t = party.left_join(last, "party_id").drop("party_id_right")
    told = t.risk_rating.notnull() & t.risk_rated_on.notnull() & (t.risk_rated_on > t.desk_on)
    newer = t.desk_on.notnull() & ~told.coalesce(False)
    t = t.mutate(
        risk_rating=ibis.ifelse(newer, t.desk_code, t.risk_rating),
        risk_rated_on=ibis.ifelse(newer, t.desk_on, t.risk_rated_on),
    )
    return t.drop("desk_code", "desk_on")


def _three(flag: ir.BooleanValue) -> ir.IntegerValue:
    return flag.cast("int8").coalesce(-1)


def voices(interaction: ir.Table, complaint: ir.Table, survey: ir.Table, window: Window) -> ir.Table:
    """What was said by ``as_of``, by party: ``last_contact_on``, ``open_complaints``, ``complained_on`` (the oldest
    open one), ``last_recommend``, ``answered_on``.
    """
    contacts = interaction.filter(interaction["at"].date() <= window.as_of)
    contacts = contacts.group_by("party_id").aggregate(last_contact_on=contacts["at"].date().max())
    received = complaint.filter(complaint.party_id.notnull() & (complaint.received_at.date() <= window.as_of))
    open_ = received.filter((received.state == "open") | (received.closed_at.date() > window.as_of))
    open_ = open_.group_by("party_id").aggregate(
        open_complaints=open_.count(), complained_on=open_.received_at.date().min()
    )
    answers = survey.filter(
        survey.party_id.notnull() & survey.recommend.notnull() & (survey.answered_at.date() <= window.as_of)
    )
    place = ibis.row_number().over(
        group_by=answers.party_id, order_by=[answers.answered_at.desc(), answers.response_id.desc()]
    )
    newest = answers.mutate(place=place).filter(ibis._.place == 0)
    newest = newest.select("party_id", last_recommend="recommend", answered_on=newest.answered_at.date())
    heard = contacts.select("party_id").union(open_.select("party_id"), newest.select("party_id"), distinct=True)
    for part in (contacts, open_, newest):
        heard = heard.left_join(part, "party_id").drop("party_id_right")
    return heard


def figures(parts: Parts, window: Window, thresholds: Thresholds, *, inferred: bool) -> ir.Table:
    """Every column of the published ``customer`` but the rank, and some that other tables need beside them.

    One row a party. ``inferred`` says how payroll is recognised, as in :func:`history.of_parties`.
    """
    t = _together(parts)
    t = _balances(t, window)
    t = _activity(t, window, thresholds, inferred)
    t = _tiers(t, window, thresholds)
    t = _relationship(t, window, thresholds)
    return t.mutate(
        currency=ibis.literal(thresholds.currency),
        name_key=t.name.lower().replace(" ", "").replace("　", ""),
        phone_tail=t.phone.right(4),
    )


def published(figures: ir.Table, beside: Sequence[str] = ()) -> ir.Table:
    """The publication's ``customer``: exactly its columns, in order; and ``beside``, each named ``_name``, what later
    steps of the night need of the frame: written once, it need not be worked out or written again.

    The rank is among those who are still here; who left has none. It is worked out on two columns and joined:
    a window over the whole frame would sort two hundred columns.
    """
    here = figures.filter(figures.left_on.isnull()).select("party_id", "aum_month_average")
    place = ibis.cume_dist().over(order_by=here.aum_month_average.desc())
    ranks = here.select("party_id", aum_share_rank=place)
    t = figures.left_join(ranks, "party_id").drop("party_id_right")
    t = t.mutate(in_top_fifth=(t.aum_share_rank <= 0.20).coalesce(False))
    return t.select(*PUBLISHED["customer"].names, **{f"_{name}": t[name] for name in beside})


def curves(history: ir.Table, window: Window) -> ir.Table:
    """The publication's ``customer_curve``: the closed months as JSON lists, for everyone who had an account then.

    ``history`` is the frame of :func:`history.of_parties`. The open month's point is on the customer
    (``aum_month_average``, ``inflow_month`` …), so that this is made once a month.
    """
    lists = {name: ibis.literal("[") + history[f"curve_{name}"] + "]" for name in CURVES}
    return history.select(
        "party_id",
        last_month=ibis.literal(label(window.open_month - 1)),
        **{name: text.coalesce(_nothing(name)) for name, text in lists.items()},
    )


def _nothing(name: str) -> str:
    """A curve of no movement: null tiers, else noughts."""
    return "[" + ",".join(["null" if name == "tier" else "0"] * (CURVE - 1)) + "]"


def _together(parts: Parts) -> ir.Table:
    party = parts.party
    employers = parts.party.select(employer_id=party.party_id, employer_name=party.name)
    open_month = parts.activity.rename({f"{name}_0": name for name in parts.activity.columns if name != "party_id"})
    t = party.left_join(parts.paths.select("org_id", "org_path"), "org_id").drop("org_id_right")
    t = t.left_join(employers, "employer_id").drop("employer_id_right")
    for part in (parts.holdings, parts.history, open_month, parts.voices):
        t = t.left_join(part, "party_id").drop("party_id_right")
    counted = [
        name
        for part in (parts.holdings, parts.history, open_month, parts.voices)
        for name, kind in part.rename({}).schema().items()
        if kind.is_integer() and not name.startswith(_NULL_MEANS_SOMETHING)
    ]
    return t.mutate(
        **{name: t[name].coalesce(0) for name in counted},
        org_path=t.org_path.coalesce("/"),
        categories=t.categories.coalesce("[]"),
    )


#: Columns whose null is not a nought: no month end yet, never met, no credit, never asked.
_NULL_MEANS_SOMETHING = ("tier_", "met_", "lowest_", "first_back", "income_", "largest_credit", "last_recommend")


def _balances(t: ir.Table, window: Window) -> ir.Table:
    in_quarter = window.days_of(window.quarter) + window.days_open
    in_year = window.days_of(window.year) + window.days_open
    now = {f"{kind}_month_average": rounded(t[f"{kind}_days_0"], window.days_open) for kind in ("aum", "deposit")}
    return t.mutate(
        aum=t.deposit + t.investment,
        net_worth=t.deposit + t.investment - t.loan,
        **now,
        **{
            f"{kind}_{span}_average": rounded(t[f"{kind}_{span}"] + t[f"{kind}_days_0"], days)
            for kind in ("aum", "deposit")
            for span, days in (("quarter", in_quarter), ("year", in_year))
        },
        aum_last_month_average=t.aum_1,
        loan_month_average=rounded(t.loan_days_0, window.days_open),
        aum_change_3m=now["aum_month_average"] - t.aum_3,
    )


def _activity(t: ir.Table, window: Window, thresholds: Thresholds, inferred: bool) -> ir.Table:
    t = t.mutate(**{f"made_{c}_12m": t[f"made_{c}_11"] + t[f"made_{c}_0"] for c in activity.CHANNELS})
    grace = thresholds.worklist.payroll_stopped.grace_days
    if inferred:
        t = payroll.inferred(t, ["largest_credit_0", *(f"income_{k}" for k in range(1, CURVE))], window, grace)
    else:
        t = t.mutate(
            **{f"income_{k}": t[f"income_{k}"].coalesce(0) for k in range(1, CURVE)},
            paid_on=_later(t.last_payroll_on_0, t.last_payroll_on),
        )
        t = payroll.marked(t, ["payroll_0", *(f"income_{k}" for k in range(1, CURVE))], "paid_on", window, grace)
    by_channel = {c: t[f"made_{c}_12m"] for c in activity.CHANNELS}
    counts = [
        ibis.ifelse(count > 0, f'"{channel}":' + number_text(count), ibis.null("string"))
        for channel, count in by_channel.items()
    ]
    t = t.mutate(
        transactions_12m=t.made_11 + t.made_0,
        transactions_month=t.made_0,
        inflow_month=t.inflow_0,
        outflow_month=t.outflow_0,
        transactions_3m=t.made_2 + t.made_0,
        active_months_12m=t.active_11 + ibis.ifelse(t.made_0 > 0, 1, 0).cast("int64"),
        channels_12m=ibis.literal("{") + joined(counts) + "}",
        digital_12m=add_up(by_channel[c] for c in codes.DIGITAL_CHANNELS),
        counter_12m=by_channel["counter"],
        last_transaction_on=_later(t.last_made_on_0, t.last_made_on),
        inflow_3m=t.inflow_2 + t.inflow_0,
        outflow_3m=t.outflow_2 + t.outflow_0,
        outflow_12m=t.outflow_11 + t.outflow_0,
        same_name_outflow_3m=t.same_name_2 + t.same_name_outflow_0,
        same_name_outflow_12m=t.same_name_11 + t.same_name_outflow_0,
    )
    return t.mutate(
        digital_share_12m=ibis.ifelse(
            t.transactions_12m > 0, share(t.digital_12m, t.transactions_12m), ibis.null("float64")
        ),
        habit=behaviour.habit(t.transactions_12m, t.digital_12m, t.counter_12m, thresholds),
        dormant=behaviour.dormant(t.last_transaction_on, t.first_opened_on, t.aum, window.as_of, thresholds),
        main_bank=main_bank.status(
            t.payroll_months,
            t.active_months_12m,
            t.transactions_12m,
            t.same_name_outflow_12m,
            t.outflow_12m,
            thresholds,
        ),
    )


def _tiers(t: ir.Table, window: Window, thresholds: Thresholds) -> ir.Table:
    met = {number: t[f"met_{code}"] for number, code in enumerate(codes.TIER_ORDER) if number}
    if window.at_month_end:
        now = tiers.held_now(t.aum_month_average, met, thresholds)
        met = {n: ibis.ifelse(t.aum_month_average >= thresholds.tiers.ladder[n], 0, m) for n, m in met.items()}
        reached, before = tiers.reached(t.aum_month_average, thresholds), t.tier_1.coalesce(0)
        lowest = {n: smallest([t[f"lowest_{n - 1}"].coalesce(now), now]) for n in tiers.SPANS}
    else:
        now, before = t.tier_1.coalesce(0), t.tier_2
        reached = tiers.reached(t.aum_1, thresholds)
        before = before.coalesce(0)
        lowest = {n: t[f"lowest_{n}"].coalesce(now) for n in tiers.SPANS}
    t = t.mutate(
        tier_number=now,
        reached_number=reached,
        before_number=before,
        next_number=tiers.reached(t.aum_month_average, thresholds) + 1,
        **{f"lowest_number_{n}": value for n, value in lowest.items()},
    )
    line = tiers.line(t.next_number, thresholds)
    gap = line - t.aum_month_average
    near = (t.next_number > t.tier_number) & (
        gap.cast("float64") <= line.cast("float64") * thresholds.near.share
    ).coalesce(False)
    return t.mutate(
        tier=tiers.name(t.tier_number),
        tier_reached=tiers.name(t.reached_number),
        tier_protected_until=tiers.protected_until(t.tier_number, t.reached_number, met, window, thresholds),
        tier_before=tiers.name(t.before_number),
        **{f"tier_lowest_{n}m": tiers.name(t[f"lowest_number_{n}"]) for n in tiers.SPANS},
        near_tier=ibis.ifelse(near, tiers.name(t.next_number), ibis.null("string")),
        near_gap=ibis.ifelse(near, gap, ibis.null("int64")),
    )


def _relationship(t: ir.Table, window: Window, thresholds: Thresholds) -> ir.Table:
    began = ibis.least(t.since.coalesce(t.first_opened_on), t.first_opened_on.coalesce(t.since))
    ended = ibis.ifelse(t.left_on.notnull(), t.left_on, ibis.literal(window.as_of))
    whole_months = (
        (ended.year() * 12 + ended.month()) - (began.year() * 12 + began.month())
        - ibis.ifelse(began.day() > ended.day(), 1, 0)
    ).cast("int64")  # fmt: skip
    t = t.mutate(tenure_months=ibis.greatest(whole_months.coalesce(0), 0))
    scored = score.score(
        t.aum_quarter_average,
        t.category_count,
        t.active_months_12m,
        t.tenure_months,
        t.same_name_outflow_12m,
        t.outflow_12m,
        thresholds,
    )
    contacted = (t.last_contact_on >= window.ago(thresholds.priority.contact_days)).coalesce(False)
    idle = ibis.ifelse(t.investment > 0, 0, t.deposit).cast("int64")
    return t.mutate(
        score=scored.score,
        score_assets=scored.assets,
        score_depth=scored.depth,
        score_activity=scored.activity,
        score_loyalty=scored.loyalty,
        priority=score.priority(
            t.near_tier.notnull(),
            t.maturing_90d,
            idle,
            t.active_months_12m,
            contacted,
            t.last_recommend,
            t.open_complaints,
            thresholds,
        ),
    )


def _later(one: ir.DateValue, other: ir.DateValue) -> ir.DateValue:
    """The later of two days, either of which may be missing."""
    return ibis.greatest(one.coalesce(other), other.coalesce(one))
