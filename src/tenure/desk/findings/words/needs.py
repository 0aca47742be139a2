"""Needs in words."""

from tenure.contracts.codes import Name
from tenure.desk.findings.words import attrition_signs

TITLE = Name("客户需求", "Needs")
MEANS = Name(
    "需求由规则和购买概率得出；适当性和准入是硬门槛，不合格的产品不会推荐。购买概率从本行过去的开户学来，在之后的月份里"
    "检验；检验不合格的类别只看规则强度。",
    "Needs come from rules and from the likelihood of opening each kind of product; suitability and eligibility "
    "are hard gates. Likelihoods are learned from this bank's past openings and judged on later months; a kind that "
    "fails the judgement goes by the rule's strength alone.",
)
NOT = Name(
    "预期价值是概率乘以收益，不是承诺；购买概率高不等于推荐有效，那要有对照组才知道。客户没有说过的需求，要先问。",
    "Expected value is a likelihood times a margin, no promise; and likely to open is not the same as persuaded by an "
    "offer, which only a held-out group tells. A need that the customer never voiced should be asked about first.",
)
WORDS: dict[str, Name] = {
    # what speaks for a likelihood of opening is told in the words of the signs of leaving, both being the same features
    **{
        f"seen_{code}": name
        for code, name in attrition_signs.WORDS.items()
        if code.startswith(("of_", "is_", "not_", "no_"))
    },
    "now": Name("现有需求", "Needs now"),
    "needs": Name("需求数", "Needs"),
    "open_needs": Name("可以推荐", "May be offered"),
    "barred_needs": Name("被门槛拦住", "Stopped by a gate"),
    "due_30d": Name("三十天内时机", "Occasion within 30 days"),
    "expected_value": Name("预期价值", "Expected value"),
    "needs_are": Name(
        "{customers} 位客户有 {needs} 项需求，其中 {open} 项可以推荐，{due} 项的时机在三十天之内。",
        "{customers} customers have {needs} needs; {open} may be offered, and {due} have their occasion within 30 days.",
    ),
    "by_need": Name("各类需求", "Needs by kind"),
    "by_gate": Name("被什么拦住", "What stops them"),
    "by_trigger": Name("三十天内的时机", "Occasions within 30 days"),
    "need": Name("需求", "Need"),
    "category": Name("产品类别", "Category"),
    "gate": Name("门槛", "Gate"),
    "trigger": Name("时机", "Occasion"),
    "due_on": Name("最晚", "Best by"),
    "propensity": Name("三个月购买概率", "Likelihood of opening, 3 months"),
    "score": Name("强度", "Strength"),
    "models": Name("购买概率学得如何", "How well openings are foretold"),
    "auc": Name("AUC（之后月份）", "AUC, later months"),
    "opened": Name("实际开户率", "Opened in fact"),
    "stated": Name("模型给出的平均概率", "Mean likelihood stated"),
    "slope": Name("五分组斜率（1 为恰当）", "Slope by fifths (1 is right)"),
    "state": Name("是否采用", "Used?"),
    "used": Name("采用", "Yes"),
    "not_calibrated": Name("不采用：概率与实际不符", "No: stated and actual differ"),
    "too_few_openings": Name("不采用：开户太少", "No: too few openings"),
    "models_used": Name(
        "{n} 类产品中有 {used} 类的概率可信而被采用；其余只看规则强度，不给预期价值。",
        "Of {n} kinds of product {used} have a likelihood fit to be used; the others go by the rule's strength, "
        "without an expected value.",
    ),
    "best_now": Name("现在最该谈的需求", "Best needs to talk about now"),
    "best_listed": Name(
        "可以推荐且有时机的在前，再按预期价值和强度，列出 {n} 项。",
        "May be offered and with an occasion first, then by expected value and strength: {n} listed.",
    ),
    # Needs
    "transact": Name("日常收付", "Everyday payments"),
    "save": Name("储蓄", "Saving"),
    "grow": Name("财富增值", "Growing wealth"),
    "home": Name("住房", "A home"),
    "consume": Name("消费", "Spending"),
    "protect": Name("保障", "Protection"),
    "retire": Name("养老", "Retirement"),
    "children": Name("子女教育", "Children"),
    "business": Name("经营", "Own business"),
    "purchasing": Name("采购付款", "Paying suppliers"),
    "selling": Name("销售收款", "Collecting from buyers"),
    "financing": Name("融资", "Financing"),
    "cash": Name("现金管理", "Managing cash"),
    "investing": Name("闲置资金投资", "Investing idle cash"),
    "payroll": Name("代发工资", "Paying the staff"),
    "supply_chain": Name("供应链融资", "Financing the supply chain"),
    "colleagues": Name("同事都有", "What colleagues have"),
    "household": Name("家人已有", "What the household has"),
    # Gates
    "gate_ok": Name("可以推荐", "May be offered"),
    "gate_left": Name("客户已离开", "The customer has left"),
    "gate_not_on_sale": Name("产品不在售", "Not on sale"),
    "gate_wrong_kind": Name("不适用于该类客户", "Not for this kind of customer"),
    "gate_no_consent": Name("客户未同意营销：先取得同意", "No consent to marketing: ask for it first"),
    "gate_complaint_open": Name("投诉未结：先办结投诉", "A complaint is open: settle it first"),
    "gate_age_unknown": Name("年龄不明：先补全资料", "Age unknown: complete the record first"),
    "gate_too_young": Name("未成年", "Under age"),
    "gate_too_old": Name("超过贷款年龄", "Above the age for loans"),
    "gate_product_unrated": Name("产品没有风险等级", "The product has no risk level"),
    "gate_risk_not_rated": Name("客户未做风险测评：先测评", "No risk rating: assess first"),
    "gate_rating_expired": Name("风险测评已过期：先重新测评", "Risk rating expired: assess again first"),
    "gate_risk_too_high": Name("产品风险高于客户承受能力", "Riskier than the customer may bear"),
    # Occasions
    "trigger_maturity": Name("资金到期", "Money matures"),
    "trigger_inflow": Name("大额资金进入", "Large inflow"),
    "trigger_payroll_started": Name("工资开始代发", "Salary began to arrive"),
    "trigger_payroll_stopped": Name("工资停止代发", "Salary stopped"),
    "trigger_windfall": Name("大额意外之财", "A windfall"),
    "trigger_child": Name("子女新登记", "A child newly on record"),
    "trigger_spouse": Name("配偶新登记", "A spouse newly on record"),
    "trigger_came_of_age": Name("年满十八岁（本人或子女）", "Eighteen: the customer or a child"),
    "trigger_retirement": Name("退休", "Retirement"),
    "trigger_mortgage": Name("新办住房贷款", "A mortgage just opened"),
    "trigger_school": Name("开学", "School begins"),
    "trigger_festival": Name("春节", "Spring Festival"),
    # Evidence
    "seen_transactions_12m": Name("一年交易 {value} 笔", "{value} transactions in a year"),
    "seen_maturing_90d": Name("九十天内到期 {value}", "{value} maturing within 90 days"),
    "seen_idle": Name("闲置存款 {value}", "Idle deposits {value}"),
    "seen_investment": Name("已投资 {value}", "Invested {value}"),
    "seen_age": Name("{value} 岁", "Aged {value}"),
    "seen_payroll_months": Name("连续代发 {value}", "Salary here for {value}"),
    "seen_children": Name("子女 {value} 个", "Children known: {value}"),
    "seen_loan": Name("贷款 {value}", "Loans {value}"),
    "seen_companies": Name("名下企业 {value} 家", "Companies led or owned: {value}"),
    "seen_suppliers": Name("已知供应商 {value} 家", "Suppliers known: {value}"),
    "seen_buyers": Name("已知采购方 {value} 家", "Buyers known: {value}"),
    "seen_suppliers_here": Name("其中在本行的供应商 {value} 家", "Suppliers who bank here: {value}"),
    "seen_buyers_here": Name("其中在本行的采购方 {value} 家", "Buyers who bank here: {value}"),
    "seen_staff": Name("在本行开户的员工 {value} 人", "Employees who bank here: {value}"),
    "seen_colleagues_with": Name("持有的同事 {value} 人", "Colleagues who have it: {value}"),
    "seen_colleagues": Name(
        "在本行的同事共 {value} 人（含本人）", "of {value} at the same employer who bank here, the customer included"
    ),
    "seen_usual_share": Name("全行客户持有 {value}", "of all customers {value} have it"),
    "seen_members_with": Name(
        "已持有的家人 {value} 位（均同意营销）", "Family who have it: {value} (all agreed to marketing)"
    ),
    "seen_lift": Name(
        "模型认为可能购买：可能性为平均的 {value} 倍", "Likely by the model: {value} times as likely as the average"
    ),
    "seen_credit": Name("一笔进账 {value}", "A single credit of {value}"),
    "seen_inflow_3m": Name("三个月流入 {value}", "Inflow of three months {value}"),
    "seen_outflow_3m": Name("三个月流出 {value}", "Outflow of three months {value}"),
}
