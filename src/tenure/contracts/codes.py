"""Allowed values, with their names in both languages; one place, so that files, screens and docs agree."""

from __future__ import annotations

from typing import NamedTuple


class Name(NamedTuple):
    """A code's name as people write it."""

    zh: str
    en: str


CHANNELS: dict[str, Name] = {
    "counter": Name("柜面", "Counter"),
    "machine": Name("自助设备", "Self-service machine"),
    "mobile": Name("手机银行", "Mobile banking"),
    "online": Name("网上银行", "Online banking"),
    "card": Name("刷卡消费", "Card payment"),
    "phone": Name("电话银行", "Phone banking"),
    "clearing": Name("清算往来", "Clearing"),
    "system": Name("系统自动", "Automatic"),
}

DIGITAL_CHANNELS = ("mobile", "online")

TRANSACTION_KINDS: dict[str, Name] = {
    "cash_in": Name("现金存入", "Cash deposit"),
    "cash_out": Name("现金支取", "Cash withdrawal"),
    "transfer_in": Name("转入", "Transfer in"),
    "transfer_out": Name("转出", "Transfer out"),
    "payroll": Name("代发工资", "Payroll"),
    "pension": Name("养老金", "Pension"),
    "card_payment": Name("消费", "Card payment"),
    "bill_payment": Name("代缴费", "Bill payment"),
    "insurance_premium": Name("保费", "Insurance premium"),
    "loan_drawdown": Name("贷款发放", "Loan drawdown"),
    "loan_repayment": Name("贷款还款", "Loan repayment"),
    "investment_buy": Name("理财申购", "Investment bought"),
    "investment_sell": Name("理财赎回", "Investment redeemed"),
    "interest": Name("结息", "Interest"),
    "fee": Name("手续费", "Fee"),
    "penalty": Name("罚息", "Penalty interest"),
    "other": Name("其他", "Other"),
}

#: A product's category, and what it is to the customer: money with us, money owed to us, or a service.
PRODUCT_CATEGORIES: dict[str, Name] = {
    "demand_deposit": Name("活期存款", "Demand deposit"),
    "time_deposit": Name("定期存款", "Time deposit"),
    "certificate_of_deposit": Name("大额存单", "Large certificate of deposit"),
    "wealth_management": Name("理财", "Wealth management"),
    "fund": Name("基金", "Fund"),
    "insurance": Name("保险", "Insurance"),
    "bond": Name("国债", "Treasury bond"),
    "precious_metal": Name("贵金属", "Precious metal"),
    "mortgage": Name("住房贷款", "Mortgage"),
    "consumer_loan": Name("消费贷款", "Consumer loan"),
    "business_loan": Name("经营贷款", "Business loan"),
    "credit_card": Name("信用卡", "Credit card"),
    "debit_card": Name("借记卡", "Debit card"),
    "mobile_banking": Name("手机银行签约", "Mobile banking"),
    "payroll_service": Name("代发签约", "Payroll service"),
    "settlement": Name("结算", "Settlement"),
    "acquiring": Name("收单", "Merchant acquiring"),
    "cash_management": Name("现金管理", "Cash management"),
}
DEPOSIT_CATEGORIES = ("demand_deposit", "time_deposit", "certificate_of_deposit")
INVESTMENT_CATEGORIES = ("wealth_management", "fund", "insurance", "bond", "precious_metal")
LOAN_CATEGORIES = ("mortgage", "consumer_loan", "business_loan", "credit_card")
SERVICE_CATEGORIES = (
    "debit_card",
    "mobile_banking",
    "payroll_service",
    "settlement",
    "acquiring",
    "cash_management",
)

#: What a customer separately agrees to (PIPL); each has its ``consent_`` column.
CONSENTS: dict[str, Name] = {
    "marketing": Name("营销", "Marketing"),
    "experience": Name("体验改进", "Improvement of service"),
    "research": Name("调研", "Research"),
}
#: How a customer said what they agree to.
CONSENT_WAYS: dict[str, Name] = {
    "in_person": Name("当面", "In person"),
    "phone": Name("电话", "By phone"),
    "online": Name("手机银行或网银", "In the app or online"),
    "letter": Name("书面", "In writing"),
}
#: What a list of customers may be taken out for; all but serving them need the customer's consent.
PURPOSES: dict[str, Name] = {"service": Name("服务客户与内部管理", "Serving them, internal work"), **CONSENTS}
PARTY_KINDS: dict[str, Name] = {"person": Name("个人", "Person"), "company": Name("企业", "Company")}
SEXES: dict[str, Name] = {"female": Name("女", "Female"), "male": Name("男", "Male")}
CERTIFICATE_KINDS: dict[str, Name] = {
    "identity_card": Name("居民身份证", "Identity card"),
    "passport": Name("护照", "Passport"),
    "uscc": Name("统一社会信用代码", "Unified social credit code"),
    "other": Name("其他证件", "Other"),
}
#: How sure it is that two entries are one customer, the surest first; in the alphabet's order too, so they sort by it.
DUPLICATE_GRADES: dict[str, Name] = {
    "certain": Name("几乎确定", "Almost certain"),
    "likely": Name("很可能", "Likely"),
    "possible": Name("可能", "Possible"),
    "same_phone": Name("仅手机号相同", "Same phone only"),
}
RISK_RATINGS: dict[str, Name] = {
    "R1": Name("保守型", "Conservative"),
    "R2": Name("稳健型", "Steady"),
    "R3": Name("平衡型", "Balanced"),
    "R4": Name("成长型", "Growth"),
    "R5": Name("进取型", "Aggressive"),
}
RELATION_KINDS: dict[str, Name] = {
    "spouse": Name("配偶", "Spouse"),
    "parent": Name("父母", "Parent"),
    "child": Name("子女", "Child"),
    "sibling": Name("兄弟姐妹", "Sibling"),
    "household": Name("同户", "Household"),
    "employer": Name("任职单位", "Employer"),
    "legal_representative": Name("法定代表人", "Legal representative"),
    "owner": Name("股东", "Owner"),
    "guarantor": Name("担保人", "Guarantor"),
    "supplier": Name("供应商", "Supplier"),
    "buyer": Name("采购商", "Buyer"),
    "referrer": Name("介绍人", "Referrer"),
}
ORGANISATION_KINDS: dict[str, Name] = {
    "head_office": Name("总行", "Head office"),
    "branch": Name("分行", "Branch"),
    "sub_branch": Name("支行", "Sub-branch"),
    "outlet": Name("网点", "Outlet"),
}
ROLES: dict[str, Name] = {
    "relationship_manager": Name("客户经理", "Relationship manager"),
    "lobby_manager": Name("大堂经理", "Lobby manager"),
    "teller": Name("柜员", "Teller"),
    "branch_head": Name("网点负责人", "Branch head"),
    "complaint_handler": Name("客服（消保）", "Complaint handler"),
    "marketer": Name("零售营销", "Marketer"),
    "executive": Name("管理层", "Executive"),
    "analyst": Name("分析师", "Analyst"),
    "administrator": Name("管理员", "Administrator"),
    "auditor": Name("审计", "Auditor"),
}
COVERAGE_ROLES: dict[str, Name] = {
    "lead": Name("主办", "Lead"),
    "credit": Name("信贷", "Credit"),
    "support": Name("协办", "Support"),
    "stand_in": Name("代班", "Stand-in"),
}
#: Why somebody is away and another stands in.
ABSENCES: dict[str, Name] = {
    "leave": Name("休假", "Leave"),
    "sick": Name("病假", "Sick"),
    "training": Name("培训", "Training"),
    "seconded": Name("借调", "Seconded"),
    "other": Name("其他", "Other"),
}
HOLDER_ROLES: dict[str, Name] = {
    "owner": Name("户主", "Owner"),
    "joint": Name("共有人", "Joint holder"),
    "authorised": Name("授权人", "Authorised user"),
}
INTERACTION_KINDS: dict[str, Name] = {
    "call": Name("电话", "Call"),
    "visit": Name("上门拜访", "Visit"),
    "meeting": Name("到店面谈", "Meeting at the branch"),
    "message": Name("短信/微信", "Message"),
    "email": Name("邮件", "E-mail"),
    "event": Name("活动", "Event"),
    "other": Name("其他", "Other"),
}
OUTCOMES: dict[str, Name] = {
    "done": Name("已办成", "Done"),
    "interested": Name("有意向", "Interested"),
    "follow_up": Name("待跟进", "Follow up"),
    "no_answer": Name("未接通", "No answer"),
    "declined": Name("婉拒", "Declined"),
    "not_relevant": Name("不适用", "Not relevant"),
}
COMPLAINT_STATES: dict[str, Name] = {
    "open": Name("处理中", "Open"),
    "closed": Name("已办结", "Closed"),
    "withdrawn": Name("已撤诉", "Withdrawn"),
}
MOMENTS: dict[str, Name] = {
    "counter_service": Name("柜面服务后", "After counter service"),
    "product_opened": Name("开户/购买后", "After opening a product"),
    "complaint_closed": Name("投诉办结后", "After a complaint"),
    "app_used": Name("使用手机银行后", "After using the app"),
    "loan_decided": Name("贷款审批后", "After a loan decision"),
    "periodic": Name("定期调研", "Periodic survey"),
}
TICKET_SERVICES: dict[str, Name] = {
    "personal_cash": Name("个人现金", "Personal cash"),
    "personal_other": Name("个人非现金", "Personal, no cash"),
    "wealth": Name("理财", "Wealth"),
    "corporate": Name("对公", "Corporate"),
    "loan": Name("贷款", "Loan"),
}
REDEMPTION_KINDS: dict[str, Name] = {
    "gift": Name("礼品", "Gift"),
    "fee_waiver": Name("费用减免", "Fee waiver"),
    "privilege": Name("权益", "Privilege"),
    "discount": Name("折扣", "Discount"),
}
ARMS: dict[str, Name] = {"treated": Name("触达组", "Contacted"), "held_out": Name("对照组", "Held out")}
#: Asset tiers from low to high; thresholds are configuration (insight/defaults.toml).
TIERS: dict[str, Name] = {
    "basic": Name("大众", "Basic"),
    "gold": Name("金卡", "Gold"),
    "platinum": Name("白金", "Platinum"),
    "diamond": Name("钻石", "Diamond"),
    "private": Name("私行", "Private"),
}
TIER_ORDER = tuple(TIERS)
MAIN_BANK: dict[str, Name] = {
    "main": Name("主办行", "Main bank"),
    "partial": Name("部分往来", "Partial"),
    "secondary": Name("非主办", "Secondary"),
}
HABITS: dict[str, Name] = {
    "digital": Name("线上为主", "Mostly digital"),
    "counter": Name("柜面为主", "Mostly counter"),
    "mixed": Name("线上线下并用", "Mixed"),
    "quiet": Name("很少交易", "Few transactions"),
}
PRIORITIES: dict[str, Name] = {
    "high": Name("高", "High"),
    "medium": Name("中", "Medium"),
    "low": Name("低", "Low"),
}

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
UPKEEP_PARTS: dict[str, Name] = {
    "decider": Name("决策者", "Decider"),
    "influencer": Name("影响者", "Influencer"),
    "user": Name("使用者", "User"),
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
#: How a solution stands (S9). That its validity has run out is told from its date, not stored.
SOLUTION_STATES: dict[str, Name] = {
    "draft": Name("草拟中", "Draft"),
    "shown": Name("已出示", "Shown"),
    "agreed": Name("全部同意", "Agreed"),
    "partly": Name("部分同意", "Agreed in part"),
    "declined": Name("未采纳", "Declined"),
    "dropped": Name("已放弃", "Dropped"),
    "expired": Name("已过有效期", "Expired"),
}
#: The three levels at which a bank sells (S9), from low to high.
SALE_LEVELS: dict[str, Name] = {
    "product": Name("产品", "Product"),
    "service": Name("产品＋服务", "Product with service"),
    "solution": Name("综合方案", "Solution"),
}
#: What a bundle may give beside its products.
BUNDLE_SERVICES: dict[str, Name] = {
    "fee_waiver": Name("费用减免", "Fees waived"),
    "vip_line": Name("贵宾专线", "A line of their own"),
    "adviser_visit": Name("顾问上门", "Visits by an adviser"),
    "fast_lane": Name("优先办理", "Served first"),
    "safe_box": Name("保管箱", "Safe-deposit box"),
    "airport": Name("机场贵宾厅", "Airport lounge"),
    "health": Name("体检就医服务", "Health service"),
    "tax_advice": Name("税务咨询", "Tax advice"),
    "rate_benefit": Name("利率优惠", "A better rate"),
    "onsite": Name("驻点办理", "Service at their premises"),
}

#: What a person may ask about their own data (PIPL 24, 44–50).
REQUEST_KINDS = {
    "copy": Name("查阅、复制", "Copy of the data"),
    "correct": Name("更正、补充", "Correction"),
    "erase": Name("删除", "Erasure"),
    "explain": Name("对决定作出说明", "Explanation of a decision"),
    "stop": Name("停止个性化营销", "No personalised marketing"),
}
REQUEST_STATES = {
    "open": Name("待处理", "Open"),
    "checking": Name("待复核", "Waits for approval"),
    "doing": Name("处理中", "Being done"),
    "done": Name("待答复", "To be answered"),
    "answered": Name("已答复", "Answered"),
}
REQUEST_OUTCOMES = {
    "granted": Name("已办理", "Granted"),
    "partly": Name("部分办理", "Granted in part"),
    "refused": Name("不予办理", "Refused"),
}
REQUEST_ASKERS = {
    "person": Name("本人", "The person"),
    "guardian": Name("监护人", "A guardian"),
    "agent": Name("受托人", "An agent with a power of attorney"),
    "relative": Name("逝者近亲属", "A close relative of the deceased"),
}
IDENTITY_CHECKS = {
    "certificate": Name("核验证件原件", "Identity card seen"),
    "signed_in": Name("手机银行登录认证", "Signed in to the app"),
    "callback": Name("回拨预留电话", "Called back on the number on file"),
    "notarised": Name("公证文书", "Notarised paper"),
}
