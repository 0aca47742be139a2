"""What the bank's own files say: channels, kinds, products, people, consents, roles, touches."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

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
#: Categories of which every product is for persons, or for companies, where the bank's file does not say for whom a
#: product is.
CATEGORIES_FOR: dict[str, tuple[str, ...]] = {
    "person": ("mortgage", "consumer_loan", "credit_card", "debit_card"),
    "company": ("payroll_service", "cash_management"),
}

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
#: Where a hand-over of customers stands, and what became of one of its customers.
HAND_OVER_STATES: dict[str, Name] = {
    "waiting": Name("待复核", "Waits for approval"),
    "refused": Name("未通过", "Not approved"),
    "moving": Name("移交中", "Moving"),
    "done": Name("已移交", "Handed over"),
    "undoing": Name("退回中", "Going back"),
    "undone": Name("已撤销", "Taken back"),
}
HANDED_STATES: dict[str, Name] = {
    "waiting": Name("尚未移交", "Not moved yet"),
    "done": Name("已移交", "Handed over"),
    "hindered": Name("未移交", "Not moved"),
    "undone": Name("已撤销", "Taken back"),
    "stays": Name("未退回", "Stayed"),
}
#: How a customer was told who looks after them.
TELLINGS: dict[str, Name] = {"letter": Name("信函", "Letter"), "call": Name("电话", "Call")}
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
    "case_closed": Name("不满处理完后", "After an unhappy customer's case"),
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
