"""What people know and see of a customer: facts, answers, receptions, events and signals."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

#: What is known of a customer beyond the bank's files (S6), by how it is known: it stands and can be checked, it is
#: the customer's own view, or it is still to come.
FACT_KINDS: dict[str, Name] = {
    "objective": Name("客观", "Objective"),
    "subjective": Name("主观", "Subjective"),
    "changing": Name("动态", "Changing"),
}
#: Money at another bank as the customer told it; it alone has a bank, a product and an amount.
OTHER_BANK = "other_bank_holding"
OBJECTIVE_FACTS: dict[str, Name] = {
    OTHER_BANK: Name("他行资产负债", "Held at another bank"),
    "housing": Name("房产", "Housing"),
    "vehicle": Name("车辆", "Vehicle"),
    "family": Name("家庭情况", "Family"),
    "business": Name("名下生意", "Own business"),
    "career": Name("工作情况", "Work"),
    "decides": Name("谁做主", "Who decides"),
}
SUBJECTIVE_FACTS: dict[str, Name] = {
    "habit": Name("习惯", "Habit"),
    "taste": Name("喜好", "Taste"),
    "risk_attitude": Name("对风险的看法", "View of risk"),
    "service_wish": Name("服务偏好", "How to be served"),
    "avoid": Name("忌讳", "What to avoid"),
}
CHANGING_FACTS: dict[str, Name] = {
    "buying_home": Name("计划购房", "Buying a home"),
    "child_abroad": Name("子女出国留学", "Child going abroad"),
    "marriage": Name("婚嫁", "Marriage"),
    "birth": Name("添丁", "Birth"),
    "retiring": Name("临近退休", "Retiring"),
    "job_change": Name("换工作", "Change of job"),
    "expansion": Name("扩大经营", "Business expansion"),
    "money_coming": Name("资金将到账", "Money coming in"),
    "demolition": Name("拆迁", "Demolition compensation"),
    "other_plan": Name("其他打算", "Other plan"),
}
FACTS: dict[str, Name] = {**OBJECTIVE_FACTS, **SUBJECTIVE_FACTS, **CHANGING_FACTS}
FACTS_OF_KIND: dict[str, dict[str, Name]] = {
    "objective": OBJECTIVE_FACTS,
    "subjective": SUBJECTIVE_FACTS,
    "changing": CHANGING_FACTS,
}
FACT_SOURCES: dict[str, Name] = {
    "said": Name("客户说", "Said by the customer"),
    "seen": Name("看到", "Seen"),
    "questionnaire": Name("问卷", "Questionnaire"),
    "heard": Name("听说", "Heard"),
}
#: How a customer may have been asked a questionnaire.
ANSWER_CHANNELS: dict[str, Name] = {
    "counter": Name("柜面", "Counter"),
    "mobile": Name("手机银行", "Mobile banking"),
    "online": Name("网上银行", "Online banking"),
    "phone": Name("电话银行", "Phone banking"),
}
TICKET_STATES: dict[str, Name] = {
    "waiting": Name("等候", "Waiting"),
    "called": Name("已叫号", "Called"),
    "served": Name("已办理", "Served"),
    "left": Name("已离开", "Left"),
}
#: What one does with who walked in (S26).
RECEPTIONS: dict[str, Name] = {
    "diverted": Name("已引导自助", "Led to self-service"),
    "fetched": Name("已请客户经理", "Manager fetched"),
    "served": Name("柜面办理", "Served at the counter"),
    "left": Name("客户离开", "Left"),
}
#: What a customer came to do, as far as diversion asks.
LOBBY_BUSINESS: dict[str, Name] = {
    "cash": Name("现金", "Cash"),
    "transfer": Name("转账", "Transfer"),
    "other": Name("其他", "Something else"),
}
#: What a core bank reports the moment it happens (S2).
EVENT_KINDS: dict[str, Name] = {
    "deposit": Name("存入", "Deposit"),
    "withdrawal": Name("支取", "Withdrawal"),
    "transfer_in": Name("转入", "Transfer in"),
    "transfer_out": Name("转出", "Transfer out"),
    "certificate_lost": Name("存单挂失", "Certificate reported lost"),
    "purchase": Name("购买产品", "Purchase"),
    "salary": Name("代发工资", "Salary"),
    "salary_stopped": Name("代发中断", "Salary stopped"),
    "maturity": Name("到期提示", "Maturity ahead"),
    "other": Name("其他", "Other"),
}
#: What a colleague notices in the lobby or at the counter, for a signal in two taps (S2).
TRAITS: dict[str, Name] = {
    "large_cash": Name("携带大额现金", "Carries much cash"),
    "asks_rates": Name("询问利率", "Asks about rates"),
    "asks_wealth": Name("询问理财", "Asks about investments"),
    "asks_loan": Name("询问贷款", "Asks about loans"),
    "asks_insurance": Name("询问保险", "Asks about insurance"),
    "leaving": Name("提到他行或销户", "Mentions another bank or leaving"),
    "business_owner": Name("企业主", "Owns a business"),
    "family_event": Name("家庭大事（婚、育、学、房）", "Family event: wedding, child, school, home"),
    "unhappy": Name("情绪不满", "Unhappy"),
    "referral": Name("推荐亲友", "Refers somebody"),
}
SIGNAL_STATES: dict[str, Name] = {
    "new": Name("待认领", "Waiting"),
    "claimed": Name("处理中", "Claimed"),
    "escalated": Name("已升级", "Escalated"),
    "closed": Name("已了结", "Closed"),
}
#: How a signal ends. The first three show that it was worth raising; “unreachable” says nothing about that.
SIGNAL_OUTCOMES: dict[str, Name] = {
    "contacted": Name("已联系", "Contacted"),
    "meeting_agreed": Name("已约面谈", "Meeting agreed"),
    "sold": Name("已成交", "Sold"),
    "not_relevant": Name("无需跟进", "Not relevant"),
    "wrong": Name("信号有误", "Signal was wrong"),
    "unreachable": Name("联系不上", "Unreachable"),
}
