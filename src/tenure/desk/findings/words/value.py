"""Customer value in words."""

from tenure.contracts.codes import Name

TITLE = Name("客户价值", "Customer value")
MEANS = Name(
    "客户价值是今后若干个月每笔持有的净收益（按内部转移价、扣除服务成本和预期损失）乘以留存概率后折现的和。"
    "“面临流失的价值”是价值乘以十二个月流失概率。",
    "A customer's value is the margin of each holding (at transfer prices, less cost to serve and expected loss) "
    "times the likelihood of still being here, discounted and summed. “Value at risk of leaving” is value times the "
    "likelihood of leaving within twelve months.",
)
NOT = Name(
    "它以今天的持有为准，不含以后可能新增的业务；转移价、单位成本和损失率是本行设定，不是测出来的。区间之内的差别不"
    "说明谁更有价值；价值低的客户也不因此该少受照顾。",
    "It takes today's holdings and no business that may come; transfer prices, unit costs and loss rates are settings "
    "of the bank, not measurements. Differences within the intervals do not say who is worth more, and a low value is "
    "no reason to serve anybody worse.",
)
WORDS: dict[str, Name] = {
    "now": Name("客户总价值", "What all customers are worth"),
    "value_total": Name("价值合计", "Value, all together"),
    "value_mean": Name("每客户平均", "Mean per customer"),
    "value_median": Name("客户中位数", "Median customer"),
    "negative_share": Name("价值为负的客户", "Customers of negative value"),
    "top_share": Name("前十分之一客户占价值", "Value held by the top tenth"),
    "at_risk": Name("面临流失的价值", "Value at risk of leaving"),
    "value_by_model": Name(
        "{n} 位客户今后 {months} 个月合计值 {value}；留存概率由流失模型逐客户给出，另有 {plain} 位不在模型之内（新客户，"
        "或已按流失口径计），按全行销户率计算。",
        "{n} customers are worth {value} over {months} months. Staying is foretold customer by customer by the model "
        "of leaving; for {plain} outside it (too new, "
        "or counted as lost already) the bank's plain closing rate stands in.",
    ),
    "value_by_rate": Name(
        "{n} 位客户今后 {months} 个月合计值 {value}；流失模型的数据还不够，留存一律按全行过去一年的销户率计算，"
        "客户之间的差别只来自持有和使用。",
        "{n} customers are worth {value} over {months} months. There is too little data for a model of leaving, so "
        "everybody is given the bank's plain closing rate: customers differ by what they hold and use only.",
    ),
    "by_part": Name("价值构成", "What the value is made of"),
    "part": Name("构成", "Part"),
    "deposits": Name("存款利差", "Deposit margin"),
    "investments": Name("投资理财收入", "Investment commission"),
    "loans": Name("贷款利差", "Loan margin"),
    "fees": Name("手续费", "Fees"),
    "service": Name("服务成本", "Cost to serve"),
    "loss": Name("预期损失与资本", "Expected loss and capital"),
    "by_tier": Name("各层级的价值", "Value by tier"),
    "share_of_value": Name("占价值", "Share of the value"),
    "spread": Name("价值的分布", "How value is spread"),
    "tenth": Name("客户按价值分十组（1 为最高）", "Customers by value, in tenths (1 the highest)"),
    "by_branch": Name("各机构的价值", "Value by branch"),
    "most_at_risk": Name("最值得留住的客户", "Most valuable at risk"),
    "leaving_12m": Name("十二个月流失概率", "Likelihood of leaving, 12 months"),
    "interval": Name("价值区间", "Value, with interval"),
    "households_now": Name("家庭", "Households"),
    "households": Name("家庭数（两位客户以上）", "Households of two customers and more"),
    "household_members": Name("其中的客户", "Customers in them"),
    "household_value": Name("家庭价值合计", "Value of the households"),
    "assets": Name("资产（存款与投资）", "Assets (deposits and investments)"),
    "liabilities": Name("负债（贷款）", "Debts (loans)"),
    "net_worth": Name("净资产", "Net worth"),
    "households_told": Name(
        "{n} 个家庭、{members} 位客户，价值合计 {value}，在本行的净资产 {net}；都是成员之和，他行的资产和负债不在内。",
        "{n} households of {members} customers are worth {value} and have a net worth of {net} with this bank; all are "
        "sums over the members, and nothing held or owed elsewhere is in them.",
    ),
    "households_unknown": Name(
        "没有登记同户或配偶关系，无法按家庭汇总。",
        "No household or marriage is on file, so nothing can be summed by household.",
    ),
    "largest_households": Name("价值最高的家庭", "Most valuable households"),
    "households_listed": Name(
        "共 {all} 个家庭，按价值列出前 {n} 个，以资产最多的成员为首，列在其所属机构。成员的误差可能同源，区间取最宽。",
        "{all} households in all, the first {n} by value, each under the member with most assets and in that member's "
        "branch. Members' errors may share one cause, so the intervals are the widest case.",
    ),
    "head_of_household": Name("户主（资产最多）", "Head (with most assets)"),
    "members": Name("成员", "Members"),
    "risk_listed": Name(
        "按价值乘以流失概率排序，列出前 {n} 位。",
        "By value times the likelihood of leaving: the first {n}.",
    ),
    "risk_unknown": Name(
        "流失模型的数据还不够，排不出谁最值得先留住。",
        "Too little data for a model of leaving, so nobody can be put first.",
    ),
}
