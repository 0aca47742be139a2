"""The work list's rules: their names and how their reason is worded, from facts the night supplies.

Insight decides *who*; this says *how it is told*. ``{name}`` in a text is a fact of the proposal; the
desk formats ``*_on`` as dates, ``*_amount`` as money and ``*_share`` as percent in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenure.contracts.codes import Name


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the work list. ``facts`` are the keys its reason needs; ``do_*`` is what to do about it.

    A rule that ``sells`` names nobody who has refused marketing.
    """

    name: str
    zh: str
    en: str
    reason_zh: str
    reason_en: str
    do_zh: str
    do_en: str
    facts: tuple[str, ...]
    sells: bool = False
    #: What to do beside ``do_*``, by the fact ``cause``.
    plays: Mapping[str, Name] = field(default_factory=dict)


#: How to talk with somebody who says satisfied and behaves as if leaving (S20): about why they may leave, never about
#: how satisfied they are. By the likeliest cause of leaving, one of ``codes.LEAVING_CAUSES``.
TRAP_PLAYS: dict[str, Name] = {
    "better_rate_elsewhere": Name(
        "谈收益：问清他行的产品与期限，按同口径算到手收益，再谈续存或专属产品与权益。",
        "Talk yield: learn the product and term elsewhere, compare what is left on the same footing, then renewal or "
        "something of their tier's.",
    ),
    "bad_service": Name(
        "谈这件事：问最近一次办理哪里不顺，当场改掉一件，并告诉客户改了。",
        "Talk about what went wrong the last time; put one thing right at once, and say that it was.",
    ),
    "job_change": Name(
        "谈工资卡：问新单位怎么发工资，说明转回本行的办法与权益。",
        "Talk payroll: ask how the new employer pays, and show how it can come here and what that gives.",
    ),
    "matured_not_contacted": Name(
        "谈到期：先承认没有及时联系，再谈这笔钱的去处和下一次到期由谁来电。",
        "Talk maturity: own up that nobody called, then where this money goes and who calls next time.",
    ),
    "family_moved_bank": Name(
        "谈全家：了解家里人的打算，提出全家人一起的方案，不劝分。",
        "Talk family: learn what they plan and offer something for all of them; never divide them.",
    ),
    "too_many_contacts": Name(
        "谈打扰：致歉，约定以后用什么方式、多久联系一次，今天什么都不推。",
        "Talk contact: apologise, agree how and how often, and offer nothing today.",
    ),
    "fading": Name(
        "谈权益：介绍还没用过的一项权益，帮客户把一件常办的事搬回来。",
        "Talk benefits: show one they have not used, and bring one everyday thing back.",
    ),
    "unknown": Name(
        "先问近况和资金打算，听出原因再谈到期与权益。",
        "Ask how they are and what the money is for; talk renewal and benefits once you know why.",
    ),
}

RULES: tuple[Rule, ...] = (
    Rule(
        "maturity",
        "到期承接",
        "Maturity",
        "{product_zh}将于 {matures_on} 到期，金额 {maturing_amount}。",
        "{product_en} matures on {matures_on}: {maturing_amount}.",
        "到期前联系，确认去向，准备承接方案。",
        "Call before it matures; agree where the money goes next.",
        ("product_zh", "product_en", "matures_on", "maturing_amount"),
    ),
    Rule(
        "same_name_outflow",
        "同名转出",
        "Same-name outflow",
        "近 3 个月转往本人他行账户 {outflow_amount}，占流出的 {outflow_share}。",
        "Moved {outflow_amount} to their own account elsewhere in three months, {outflow_share} of all outflow.",
        "了解原因：利率、服务还是便利；给出留存方案。",
        "Ask why: rate, service or convenience; offer a reason to stay.",
        ("outflow_amount", "outflow_share"),
    ),
    Rule(
        "assets_falling",
        "资产下滑",
        "Assets falling",
        "AUM 月日均三个月内下降 {fall_amount}（{fall_share}），现为 {now_amount}。",
        "Average AUM fell by {fall_amount} ({fall_share}) in three months, to {now_amount}.",
        "联系客户，问清资金用途与不满。",
        "Call; learn where the money went and what went wrong.",
        ("fall_amount", "fall_share", "now_amount"),
    ),
    Rule(
        "payroll_stopped",
        "代发中断",
        "Payroll stopped",
        "此前连续代发 {months} 个月，最近一次 {last_on}（{last_amount}），本期未到账。",
        "Paid here {months} months in a row until {last_on} ({last_amount}); nothing since.",
        "确认是否换工作或工资改道，挽留工资卡。",
        "Ask whether the job or the bank changed; win the payroll back.",
        ("months", "last_on", "last_amount"),
    ),
    Rule(
        "tier_at_risk",
        "层级将降",
        "Tier at risk",
        "层级 {tier} 处于保护期，{protected_on} 到期；月日均距门槛还差 {gap_amount}。",
        "The {tier} tier is protected only until {protected_on}; {gap_amount} below its threshold.",
        "保护期内邀约，回补资产。",
        "Meet within the protected period and bring assets back.",
        ("tier", "protected_on", "gap_amount"),
    ),
    Rule(
        "near_threshold",
        "临界提升",
        "Near threshold",
        "月日均 {now_amount}，距 {tier} 门槛只差 {gap_amount}。",
        "Average AUM {now_amount}, only {gap_amount} short of {tier}.",
        "介绍上一层级权益，邀请归集资金。",
        "Show what the next tier gives; invite the missing assets.",
        ("now_amount", "tier", "gap_amount"),
        sells=True,
    ),
    Rule(
        "large_inflow",
        "大额流入",
        "Large inflow",
        "{booked_on} 到账 {inflow_amount}，目前仍在活期。",
        "{inflow_amount} arrived on {booked_on} and still sits in demand deposits.",
        "了解资金安排，配置合适产品。",
        "Learn what it is for; offer something that fits.",
        ("booked_on", "inflow_amount"),
        sells=True,
    ),
    Rule(
        "open_complaint",
        "投诉未结",
        "Open complaint",
        "有 {complaints} 件投诉未办结，最早受理于 {since_on}。",
        "{complaints} complaint(s) still open, the oldest since {since_on}.",
        "先处理投诉，暂缓营销。",
        "Settle it first; no selling meanwhile.",
        ("complaints", "since_on"),
    ),
    Rule(
        "unhappy",
        "评价不佳",
        "Unhappy",
        "{answered_on} 的调查推荐分为 {recommend}。",
        "Gave {recommend} of 10 in the survey of {answered_on}.",
        "24 小时内回访，听完再说。",
        "Call back within 24 hours; listen first.",
        ("answered_on", "recommend"),
    ),
    Rule(
        "satisfied_leaving",
        "满意却像要离开",
        "Satisfied, and leaving",
        "{answered_on} 回答满意（{satisfaction} 分，满分 5），行为却像要离开：{sign_zh}；可能的原因：{cause_zh}。",
        "Answered satisfied on {answered_on} ({satisfaction} of 5), and behaves as if leaving: {sign_en}; likely cause: "
        "{cause_en}.",
        "不要做满意度回访：由熟悉的人谈具体原因。",
        "No satisfaction call: someone they know talks about the reason.",
        ("answered_on", "satisfaction", "sign_zh", "sign_en", "cause_zh", "cause_en"),
        plays=TRAP_PLAYS,
    ),
    Rule(
        "quiet_valued",
        "久未联系",
        "Valued, not contacted",
        "{tier} 客户已 {days} 天无人联系。",
        "A {tier} customer nobody has contacted for {days} days.",
        "例行关怀，更新需求。",
        "A regular call; bring the picture up to date.",
        ("tier", "days"),
    ),
    Rule(
        "birthday",
        "生日关怀",
        "Birthday",
        "{birthday_on} 生日。",
        "Birthday on {birthday_on}.",
        "致电或短信祝福。",
        "Send or say a good wish.",
        ("birthday_on",),
    ),
    Rule(
        "one_product",
        "单一产品",
        "One product only",
        "入行 {months} 个月，只持有 {products} 类产品，AUM {now_amount}。",
        "With us {months} months, holds {products} categor(y/ies), AUM {now_amount}.",
        "了解主要需求，补上最合适的一项。",
        "Learn the main need; add the one thing that fits.",
        ("months", "products", "now_amount"),
        sells=True,
    ),
)
BY_NAME: dict[str, Rule] = {r.name: r for r in RULES}
