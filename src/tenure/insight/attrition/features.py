"""Features of a customer-month: what was known at the month's end, each with its name, unit, meaning and reason.

Every window ends with the row's own month. Changes are ratios to the customer's own past, so that a model learns
"half of what it was" and not "poor"; null where there is no past to compare with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from tenure.insight.attrition import causes
from tenure.insight.attrition.customer_months import GROUPS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tenure.insight.thresholds import Thresholds


@dataclass(frozen=True)
class Feature:
    """One column of the panel; ``reason`` is the code shown as a reason."""

    name: str
    unit: str
    zh: str
    en: str
    reason: str

    @property
    def cause(self) -> str:
        """The cause of leaving (S24) it speaks for."""
        return causes.OF_REASON.get(self.reason, "unknown")


def _f(name: str, unit: str, zh: str, en: str, reason: str) -> Feature:
    return Feature(name, unit, zh, en, reason)


FEATURES: tuple[Feature, ...] = (
    _f("aum", "minor unit", "月日均资产", "Average AUM of the month", "aum_level"),
    _f("aum_ratio_1m", "ratio", "资产较上月", "AUM against last month's", "aum_down"),
    _f("aum_ratio_3m", "ratio", "资产较三个月前", "AUM against three months ago", "aum_down"),
    _f("aum_ratio_6m", "ratio", "资产较六个月前", "AUM against six months ago", "aum_down"),
    _f("aum_to_baseline", "ratio", "资产较自身年均", "AUM against the mean of the year before", "aum_down"),
    _f("aum_year_ratio", "ratio", "资产较去年同月", "AUM against the same month a year ago", "aum_down"),
    _f("deposit_share", "share", "存款占资产", "Deposits in AUM", "asset_mix"),
    _f("demand_share", "share", "活期占资产", "Demand deposits in AUM", "asset_mix"),
    _f("term_share", "share", "定期占资产", "Term deposits in AUM", "asset_mix"),
    _f("loan", "minor unit", "贷款余额", "Loans, average of the month", "loan_tie"),
    _f("inflow_3m", "minor unit", "三个月流入", "Inflow of three months", "flows"),
    _f("outflow_3m", "minor unit", "三个月流出", "Outflow of three months", "flows"),
    _f("inflow_ratio", "ratio", "流入较年均", "Inflow of three months against the year's", "inflow_down"),
    _f("outflow_ratio", "ratio", "流出较年均", "Outflow of three months against the year's", "outflow_up"),
    _f("net_flow_3m", "ratio", "三个月净流入占资产", "Net inflow of three months in the AUM before it", "outflow_up"),
    _f(
        "same_name_1m",
        "share",
        "本月同名转出占比",
        "Outflow of the month to the own account elsewhere",
        "same_name_outflow",
    ),
    _f("same_name_3m", "share", "三个月同名转出占比", "The same, three months", "same_name_outflow"),
    _f("same_name_12m", "share", "一年同名转出占比", "The same, twelve months", "same_name_outflow"),
    _f(
        "same_name_to_aum",
        "ratio",
        "同名转出占资产",
        "Three months' outflow to the own account elsewhere in the AUM before it",
        "same_name_outflow",
    ),
    _f("payroll_months_3m", "months", "三个月代发月数", "Months with payroll, of three", "payroll"),
    _f("payroll_months_12m", "months", "一年代发月数", "Months with payroll, of twelve", "payroll"),
    _f(
        "payroll_stopped",
        "0/1",
        "代发停止",
        "Paid here in at least three of the twelve months, in none of the last two",
        "payroll_stopped",
    ),
    _f("payroll_ratio", "ratio", "代发较年均", "Payroll of three months against the year's", "payroll_stopped"),
    _f("made_1m", "count", "本月交易笔数", "Transactions of the month made by the customer", "activity_level"),
    _f("made_3m", "count", "三个月交易笔数", "The same, three months", "activity_level"),
    _f("made_ratio", "ratio", "交易较年均", "Transactions of three months against the year's", "activity_down"),
    _f("active_months_12m", "months", "一年活跃月数", "Months with a transaction, of twelve", "activity_level"),
    _f("idle_months", "months", "静默月数", "Months since the last transaction", "activity_down"),
    _f("digital_share_12m", "share", "一年数字渠道占比", "Mobile and online in the year's transactions", "channel"),
    _f("digital_change", "share", "数字渠道变化", "The same of three months, less the year's", "channel_change"),
    _f("counter_share_12m", "share", "一年柜面占比", "Counter in the year's transactions", "channel"),
    _f("counter_change", "share", "柜面变化", "The same of three months, less the year's", "channel_change"),
    _f("products", "count", "持有账户数", "Accounts held", "depth"),
    _f("product_groups", "count", "持有产品大类", "Groups of products held", "depth"),
    *(
        _f(f"held_{group}", "count", f"持有{zh}", f"Accounts held: {en}", "depth")
        for group, zh, en in (
            ("demand", "活期", "demand deposits"),
            ("term", "定期", "term deposits"),
            ("wealth", "投资", "investments"),
            ("loan", "贷款", "loans"),
            ("card", "银行卡", "cards"),
            ("service", "服务签约", "services"),
        )
    ),
    _f("opened_6m", "count", "六个月新开", "Accounts opened in six months", "depth"),
    _f("closed_3m", "count", "三个月销户", "Accounts closed in three months", "products_closed"),
    _f("closed_12m", "count", "一年销户", "Accounts closed in twelve months", "products_closed"),
    _f("maturing_share", "share", "三个月内到期占资产", "AUM that matures within three months", "maturing"),
    _f("matured_share", "ratio", "近三个月到期占资产", "Matured in three months, in the AUM before it", "matured"),
    _f(
        "unrenewed_share",
        "ratio",
        "到期未续占资产",
        "Matured and gone from term deposits, in the AUM before it",
        "matured_unrenewed",
    ),
    _f(
        "matured_unheard",
        "0/1",
        "到期无人联系",
        "Something matured in three months and nobody was in touch",
        "matured_unrenewed",
    ),
    _f("complaints_6m", "count", "六个月投诉", "Complaints of six months", "complaint"),
    _f("complaints_12m", "count", "一年投诉", "Complaints of twelve months", "complaint"),
    _f("complaints_open", "count", "未结投诉", "Open complaints", "complaint_open"),
    _f("last_recommend", "0-10", "最近推荐意愿", "Last answer: would recommend", "unhappy"),
    _f("recommend_change", "points", "推荐意愿变化", "Last answer less the mean of those before", "unhappy"),
    _f("last_satisfaction", "1-5", "最近满意度", "Last answer: satisfied", "unhappy"),
    _f("contacts_3m", "count", "三个月联系", "Contacts by staff, three months", "contacts"),
    _f("contacts_6m", "count", "六个月联系", "Contacts by staff, six months", "contacts"),
    _f("silent_months", "months", "无联系月数", "Months since the last contact", "not_contacted"),
    _f("campaigns_3m", "count", "三个月营销触达", "Campaign contacts, three months", "contacts_many"),
    _f("visits_6m", "count", "六个月到店", "Branch tickets, six months", "visits"),
    _f("wait_minutes", "minutes", "六个月平均等候", "Mean wait at the branch, six months", "long_wait"),
    _f("walked_out_6m", "count", "六个月弃号", "Tickets walked out on, six months", "long_wait"),
    _f("family_left", "count", "流失家人", "Family members who left", "family_left"),
    _f("tenure_months", "months", "在行月数", "Months since the first account", "tenure"),
    _f("age", "years", "年龄", "Age", "age"),
    _f("company", "0/1", "公司客户", "A company", "company"),
    _f("tier", "level", "客户层级", "Tier that the month's AUM reaches, 0 basic to 4 private", "tier"),
)
NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
BY_NAME = {feature.name: feature for feature in FEATURES}
#: Months a customer must have been here before a change against the own year means anything.
_ENOUGH = 3


def of(customer_months: ir.Table, thresholds: Thresholds) -> ir.Table:
    """``party_id``, ``month`` and the features (:data:`NAMES`, doubles; null where unknown) of each customer-month.

    ``customer_months`` is the frame of :func:`customer_months.build`, a year longer than the months one wants.
    """
    t = customer_months

    def over(name: str, n: int) -> ir.Value:
        return t[name].sum().over(ibis.window(group_by="party_id", order_by="month", preceding=n - 1, following=0))

    def ago(name: str, n: int) -> ir.Value:
        return t[name].lag(n).over(ibis.window(group_by="party_id", order_by="month"))

    so_far = ibis.window(group_by="party_id", order_by="month", following=0)
    t = t.mutate(
        known=ibis.row_number().over(ibis.window(group_by="party_id", order_by="month")) + 1,
        paid=(t.payroll > 0).cast("int64"),
        active=(t.made > 0).cast("int64"),
        digital=t.made_mobile + t.made_online,
        answered=t.recommend.notnull().cast("int64"),
        score=t.recommend.coalesce(0),
        active_month=ibis.ifelse(t.made > 0, t.month, ibis.null("int64")),
        contact_month=ibis.ifelse(t.contacts + t.campaigns > 0, t.month, ibis.null("int64")),
    )
    windows = {
        "n_12": ibis.least(t.known, 12),
        **{f"{name}_{n}": over(name, n) for name, n in _SUMS},
        **{f"aum_ago_{n}": ago("aum", n) for n in (1, 3, 6, 12)},
        "term_ago_3": ago("term", 3),
        "matured_3": ago("matures_next", 1).coalesce(0) + ago("matures_next", 2).coalesce(0)
        + ago("matures_next", 3).coalesce(0),
        "year_before": t.aum.mean().over(
            ibis.window(group_by="party_id", order_by="month", preceding=(12, 1))
        ),
        "last_active": t.active_month.max().over(so_far),
        "last_contact": t.contact_month.max().over(so_far),
        "answers": t.answered.sum().over(so_far),
        "answer_sum": t.score.sum().over(so_far),
        "satisfied_at": ibis.ifelse(t.satisfaction.notnull(), t.month * 16 + t.satisfaction, ibis.null("int64"))
        .max().over(so_far),
        "recommended_at": ibis.ifelse(t.recommend.notnull(), t.month * 16 + t.recommend, ibis.null("int64"))
        .max().over(so_far),
        "family": t.family_left.sum().over(so_far),
    }  # fmt: skip
    t = t.mutate(**windows)
    return t.select(
        "party_id", "month", **{name: value.cast("float64") for name, value in _values(t, thresholds).items()}
    )


_SUMS = (
    ("inflow", 3), ("inflow", 12), ("outflow", 3), ("outflow", 12),
    ("same_name_outflow", 3), ("same_name_outflow", 12), ("payroll", 3), ("payroll", 12),
    ("paid", 2), ("paid", 3), ("paid", 12), ("made", 3), ("made", 12), ("active", 12),
    ("digital", 3), ("digital", 12), ("made_counter", 3), ("made_counter", 12),
    ("opened", 6), ("closed", 3), ("closed", 12), ("complaints", 6), ("complaints", 12),
    ("contacts", 3), ("contacts", 6), ("campaigns", 3), ("visits", 6), ("waits", 6), ("wait_seconds", 6),
    ("walked_out", 6),
)  # fmt: skip


def _ratio(part: ir.Value, whole: ir.Value) -> ir.Value:
    """``part ÷ whole``, null unless there is something to divide by; at most 10, so that one pension payment in an
    empty account does not stretch the scale.
    """
    return ibis.ifelse(whole > 0, ibis.least(part.cast("float64") / whole.cast("float64"), 10.0), ibis.null("float64"))


def _values(t: ir.Table, thresholds: Thresholds) -> dict[str, ir.Value]:
    groups = [t[f"held_{group}"] for group in GROUPS]
    products, kinds = groups[0], (groups[0] > 0).cast("int64")
    for held in groups[1:]:
        products, kinds = products + held, kinds + (held > 0).cast("int64")
    settled = t.n_12 >= _ENOUGH

    def to_year(name: str) -> ir.Value:
        """Three months against what three months of the year usually bring."""
        usual = t[f"{name}_12"].cast("float64") / t.n_12 * 3.0
        return ibis.ifelse(settled, _ratio(t[f"{name}_3"], usual), ibis.null("float64"))

    last_recommend = t.recommended_at % 16
    unrenewed = ibis.greatest(ibis.least(t.matured_3, t.term_ago_3.coalesce(0) - t.term), 0)
    before = t.aum_ago_3
    tier = (t.aum >= thresholds.tiers.ladder[1]).cast("int64")
    for reached in thresholds.tiers.ladder[2:]:
        tier = tier + (t.aum >= reached).cast("int64")
    digital, counter = _ratio(t.digital_12, t.made_12), _ratio(t.made_counter_12, t.made_12)
    values = {
        "aum": t.aum,
        **{f"aum_ratio_{n}m": _ratio(t.aum, t[f"aum_ago_{n}"]) for n in (1, 3, 6)},
        "aum_to_baseline": ibis.ifelse(t.n_12 > _ENOUGH, _ratio(t.aum, t.year_before), ibis.null("float64")),
        "aum_year_ratio": _ratio(t.aum, t.aum_ago_12),
        "deposit_share": _ratio(t.deposit, t.aum),
        "demand_share": _ratio(t.demand, t.aum),
        "term_share": _ratio(t.term, t.aum),
        "loan": t.loan,
        "inflow_3m": t.inflow_3,
        "outflow_3m": t.outflow_3,
        "inflow_ratio": to_year("inflow"),
        "outflow_ratio": to_year("outflow"),
        "net_flow_3m": _ratio(t.inflow_3 - t.outflow_3, before),
        "same_name_1m": _ratio(t.same_name_outflow, t.outflow),
        "same_name_3m": _ratio(t.same_name_outflow_3, t.outflow_3),
        "same_name_12m": _ratio(t.same_name_outflow_12, t.outflow_12),
        "same_name_to_aum": _ratio(t.same_name_outflow_3, before),
        "payroll_months_3m": t.paid_3,
        "payroll_months_12m": t.paid_12,
        "payroll_stopped": ((t.paid_12 >= 3) & (t.paid_2 == 0)).cast("int64"),
        "payroll_ratio": to_year("payroll"),
        "made_1m": t.made,
        "made_3m": t.made_3,
        "made_ratio": to_year("made"),
        "active_months_12m": t.active_12,
        "idle_months": t.month - t.last_active,
        "digital_share_12m": digital,
        "digital_change": _ratio(t.digital_3, t.made_3) - digital,
        "counter_share_12m": counter,
        "counter_change": _ratio(t.made_counter_3, t.made_3) - counter,
        "products": products,
        "product_groups": kinds,
        **{f"held_{group}": t[f"held_{group}"] for group in GROUPS},
        "opened_6m": t.opened_6,
        "closed_3m": t.closed_3,
        "closed_12m": t.closed_12,
        "maturing_share": _ratio(t.maturing, t.aum),
        "matured_share": _ratio(t.matured_3, before),
        "unrenewed_share": _ratio(unrenewed, before),
        "matured_unheard": ((t.matured_3 > 0) & (t.contacts_3 == 0)).cast("int64"),
        "complaints_6m": t.complaints_6,
        "complaints_12m": t.complaints_12,
        "complaints_open": t.complaints_open,
        "last_recommend": last_recommend,
        "recommend_change": ibis.ifelse(
            t.answers > 1,
            last_recommend - (t.answer_sum - last_recommend).cast("float64") / (t.answers - 1),
            ibis.null("float64"),
        ),
        "last_satisfaction": t.satisfied_at % 16,
        "contacts_3m": t.contacts_3,
        "contacts_6m": t.contacts_6,
        "silent_months": t.month - t.last_contact,
        "campaigns_3m": t.campaigns_3,
        "visits_6m": t.visits_6,
        "wait_minutes": t.wait_seconds_6.cast("float64")
        / 60.0
        / ibis.ifelse(t.waits_6 > 0, t.waits_6, ibis.null("int64")),
        "walked_out_6m": t.walked_out_6,
        "family_left": t.family,
        "tenure_months": t.month - t.joined,
        "age": ibis.ifelse(t.company == 0, (t.month / 12).floor() - t.birth_year, ibis.null("float64")),
        "company": t.company,
        "tier": tier,
    }
    return {name: values[name] for name in NAMES}
