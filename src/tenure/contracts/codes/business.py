"""Business that may be won, introductions, upkeep, and shares of credit."""

from __future__ import annotations

from tenure.contracts.codes.bank import RELATION_KINDS
from tenure.contracts.codes.name import Name

#: What a business opportunity is about; its stages stand in the desk's ``opportunities.rules``.
BUSINESS_KINDS: dict[str, Name] = {
    "deposit": Name("存款", "Deposit"),
    "investment": Name("理财基金", "Investment"),
    "insurance": Name("保险", "Insurance"),
    "loan": Name("个人贷款", "Consumer loan"),
    "mortgage": Name("住房按揭", "Mortgage"),
    "card": Name("信用卡", "Credit card"),
    "payroll": Name("代发", "Payroll"),
    "settlement": Name("结算", "Settlement"),
    "acquiring": Name("收单", "Merchant acquiring"),
    "corporate_loan": Name("对公贷款", "Corporate loan"),
}
#: The kind of business a need for a product of this category is.
BUSINESS_OF_CATEGORY: dict[str, str] = {
    "demand_deposit": "deposit",
    "time_deposit": "deposit",
    "certificate_of_deposit": "deposit",
    "wealth_management": "investment",
    "fund": "investment",
    "bond": "investment",
    "precious_metal": "investment",
    "insurance": "insurance",
    "mortgage": "mortgage",
    "consumer_loan": "loan",
    "business_loan": "corporate_loan",
    "credit_card": "card",
    "payroll_service": "payroll",
    "settlement": "settlement",
    "cash_management": "settlement",
    "acquiring": "acquiring",
}
#: What the amount of an opportunity of each kind is: the figure the transfer price is earned on.
BUSINESS_AMOUNTS: dict[str, Name] = {
    "deposit": Name("预计日均余额", "expected average balance"),
    "investment": Name("预计保有量", "expected amount held"),
    "insurance": Name("年化保费", "yearly premium"),
    "loan": Name("贷款金额", "amount of the loan"),
    "mortgage": Name("贷款金额", "amount of the loan"),
    "card": Name("预计透支余额", "expected balance used"),
    "payroll": Name("预计代发留存", "expected balance that stays"),
    "settlement": Name("预计结算日均", "expected average balance"),
    "acquiring": Name("年交易额", "yearly volume"),
    "corporate_loan": Name("授信用信金额", "amount drawn"),
}
OPPORTUNITY_STAGES: dict[str, Name] = {
    "identified": Name("发现", "Identified"),
    "contacted": Name("已接洽", "Contacted"),
    "suitability": Name("适当性评估", "Suitability checked"),
    "proposed": Name("已提方案", "Proposed"),
    "agreed": Name("意向达成", "Agreed"),
    "applied": Name("已申请", "Applied"),
    "valuation": Name("押品评估", "Valued"),
    "due_diligence": Name("尽职调查", "Due diligence"),
    "assessment": Name("审查中", "Being assessed"),
    "committee": Name("上会审批", "Before the committee"),
    "approved": Name("已批复", "Approved"),
    "trial": Name("试代发", "Trial run"),
    "signed": Name("已签约", "Signed"),
    "installed": Name("已装机", "Installed"),
}
OPPORTUNITY_STATES: dict[str, Name] = {
    "open": Name("进行中", "Open"),
    "won": Name("已赢得", "Won"),
    "lost": Name("已流失", "Lost"),
}
LOST_REASONS: dict[str, Name] = {
    "price": Name("价格利率", "Price or rate"),
    "competitor": Name("他行抢先", "Another bank was first"),
    "no_need": Name("客户无需求", "No need after all"),
    "no_decision": Name("客户迟迟未定", "No decision"),
    "not_eligible": Name("不符合条件", "Not eligible"),
    "not_suitable": Name("不适当", "Not suitable"),
    "process": Name("流程太慢", "Too slow on our side"),
    "no_contact": Name("联系不上", "Could not be reached"),
    "product": Name("产品不匹配", "No fitting product"),
    "other": Name("其他", "Other"),
}
OPPORTUNITY_SOURCES: dict[str, Name] = {
    "need": Name("需求识别", "A need seen"),
    "signal": Name("任务清单", "The work list"),
    "seen": Name("信号", "A signal"),
    "referral": Name("转介", "A referral"),
    "own": Name("自行发现", "Found oneself"),
}
#: Where an introduction stands (S8), why nothing came of it, and how the introducer was thanked.
INTRODUCTION_STATES: dict[str, Name] = {
    "asked": Name("已请托", "Asked"),
    "given": Name("已引荐", "Named"),
    "contacted": Name("已联系", "Contacted"),
    "converted": Name("已成为客户", "Became a customer"),
    "declined": Name("未引荐", "Named nobody"),
    "ended": Name("未成", "Came to nothing"),
}
INTRODUCTION_REASONS: dict[str, Name] = {
    "not_now": Name("暂时不便", "Not now"),
    "unknown": Name("其实不认识", "Does not know them"),
    "unwilling": Name("不愿引荐", "Would rather not"),
    "no_contact": Name("联系不上", "Could not be reached"),
    "no_interest": Name("对方无意", "Not interested"),
    "elsewhere": Name("已选他行", "Chose another bank"),
    "not_suitable": Name("不符合条件", "Not eligible"),
    "other": Name("其他", "Other"),
}
THANKS: dict[str, Name] = {
    "call": Name("电话致谢", "By telephone"),
    "visit": Name("登门致谢", "In person"),
    "letter": Name("致谢信", "By letter"),
    "event": Name("邀请活动", "Invited to an event"),
    "points": Name("赠送积分", "With points"),
}
#: Upkeep (S8): on what money is spent, for whom in the customer's decisions, and where an expense stands.
UPKEEP_KINDS: dict[str, Name] = {
    "gift": Name("礼品", "Gift"),
    "meal": Name("餐饮", "Meal"),
    "event": Name("活动", "Event"),
    "travel": Name("交通住宿", "Travel"),
    "other": Name("其他", "Other"),
}
UPKEEP_STATES: dict[str, Name] = {
    "noted": Name("已登记", "Noted"),
    "waiting": Name("待复核", "Waits for approval"),
    "refused": Name("未获批准", "Not approved"),
    "withdrawn": Name("已撤回", "Taken back"),
}
#: What one is to the other along a path, read from either end.
PATH_TIES: dict[str, Name] = {
    **RELATION_KINDS,
    "employee": Name("员工", "Employee"),
    "represented": Name("任法定代表人的企业", "Company they represent"),
    "owned": Name("持股企业", "Company they own"),
    "guaranteed": Name("被担保人", "Whom they guarantee"),
    "referred": Name("所介绍的客户", "Whom they introduced"),
}
#: What one may have credit for (S18).
CREDIT_PARTS: dict[str, Name] = {
    "found": Name("发现", "Found"),
    "won": Name("赢得", "Won"),
    "serves": Name("服务", "Serves"),
}
AGREEMENT_STATES: dict[str, Name] = {
    "proposed": Name("待各方确认", "Waits for agreement"),
    "in_force": Name("已生效", "In force"),
    "objected": Name("有异议", "Objected to"),
    "disputed": Name("争议待裁定", "Before the branch head"),
    "replaced": Name("已被替代", "Replaced"),
    "refused": Name("未采纳", "Not accepted"),
}
