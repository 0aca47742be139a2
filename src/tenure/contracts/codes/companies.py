"""Companies: demands, buying, visits, trust, business with all their people at once."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

#: The five demands of a company (S7), by the names the needs have.
DEMANDS: dict[str, Name] = {
    "purchasing": Name("采购", "Purchasing"),
    "selling": Name("销售", "Selling"),
    "financing": Name("融资", "Financing"),
    "cash": Name("现金管理", "Managing cash"),
    "investing": Name("理财", "Investing"),
}
#: The products that serve a demand.
DEMAND_CATEGORIES: dict[str, tuple[str, ...]] = {
    "purchasing": ("settlement",),
    "selling": ("acquiring",),
    "financing": ("business_loan",),
    "cash": ("cash_management",),
    "investing": ("wealth_management", "fund", "bond"),
}
DEMAND_STATES: dict[str, Name] = {
    "asked_yes": Name("问过：有", "Asked: yes"),
    "asked_no": Name("问过：没有", "Asked: no"),
    "heard": Name("听说的", "Heard of"),
}
#: What somebody does in a company's buying. Who uses and who decides are different people (S8).
BUYING_ROLES: dict[str, Name] = {
    "initiator": Name("提出者", "Initiator"),
    "user": Name("使用者", "User"),
    "influencer": Name("影响者", "Influencer"),
    "decider": Name("决策者", "Decider"),
    "buyer": Name("经办采购", "Buyer"),
    "gatekeeper": Name("把关者", "Gatekeeper"),
}
ATTITUDES: dict[str, Name] = {
    "supports": Name("支持我们", "For us"),
    "neutral": Name("中立", "Neutral"),
    "doubts": Name("有疑虑", "Has doubts"),
    "opposes": Name("反对我们", "Against us"),
    "unknown": Name("不清楚", "Not known"),
}
BUYING_STAGES: dict[str, Name] = {
    "need_seen": Name("意识到需要", "Need seen"),
    "criteria_set": Name("确定标准", "Criteria set"),
    "comparing": Name("比选方案", "Comparing offers"),
    "deciding": Name("决策", "Deciding"),
    "agreeing": Name("签约谈判", "Agreeing terms"),
}
PURCHASE_STATES: dict[str, Name] = {
    "open": Name("进行中", "Under way"),
    "ours": Name("选了我们", "Chose us"),
    "others": Name("选了他行", "Chose another bank"),
    "dropped": Name("不办了", "Dropped"),
}
#: How we stand on what a company judges offers by.
STANDINGS: dict[str, Name] = {
    "ahead": Name("领先", "Ahead"),
    "level": Name("相当", "Level"),
    "behind": Name("落后", "Behind"),
    "unknown": Name("不清楚", "Not known"),
}
VISIT_STATES: dict[str, Name] = {
    "planned": Name("已计划", "Planned"),
    "reported": Name("已报告", "Reported"),
    "cancelled": Name("已取消", "Cancelled"),
}
PROMISE_SIDES: dict[str, Name] = {"us": Name("我行", "Us"), "them": Name("客户", "Them")}
PROMISE_STATES: dict[str, Name] = {
    "open": Name("未到", "Open"),
    "kept": Name("已兑现", "Kept"),
    "broken": Name("未兑现", "Not kept"),
    "released": Name("双方取消", "Released"),
}
#: The parts of the trust equation (S7): the first three over the last.
TRUST_PARTS: dict[str, Name] = {
    "credibility": Name("可信（说的话）", "Credibility"),
    "reliability": Name("可靠（做的事）", "Reliability"),
    "intimacy": Name("亲近（敢不敢说真话）", "Intimacy"),
    "self_orientation": Name("自我导向（心里装着谁）", "Self-orientation"),
}
#: Business with a whole company's people or payers at once.
BATCHES: dict[str, Name] = {
    "payroll": Name("代发工资", "Payroll"),
    "acquiring": Name("收单", "Merchant acquiring"),
}
BATCH_CATEGORIES: dict[str, str] = {"payroll": "payroll_service", "acquiring": "acquiring"}
