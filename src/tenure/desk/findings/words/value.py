"""Customer value in words."""

from tenure.contracts.codes import Name

TITLE = Name("客户价值", "Customer value")
MEANS = Name(
    "客户价值是今后若干个月每笔持有的净收益（按内部转移价、扣除服务成本和预期损失）乘以留存概率后折现的和。余额取上个"
    "整月与本月至今的日均，不取某一天的时点数。"
    "“面临流失的价值”是价值乘以十二个月流失概率。",
    "A customer's value is the margin of each holding (at transfer prices, less cost to serve and expected loss) "
    "times the likelihood of still being here, discounted and summed. Balances are daily averages of the last closed "
    "month and the month to date, never those of one day. “Value at risk of leaving” is value times the "
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
        "{n} 位客户今后 {months} 个月合计值 {value}；留存概率由流失模型逐客户给出，另有 {plain} 位不在模型之内：新客户按"
        "全行过去一年各口径合计的流失率；已按流失口径计的，按这类客户后来销户的比率，且不低于全行流失率。",
        "{n} customers are worth {value} over {months} months. Staying is foretold customer by customer by the model "
        "of leaving. {plain} are outside it: who is new is given the bank's rate of loss of the last year, all definitions "
        "together; who counts as lost already, the rate at which such customers went on to close, never a lower one.",
    ),
    "value_by_rate": Name(
        "{n} 位客户今后 {months} 个月合计值 {value}；流失模型的数据还不够，留存一律按全行过去一年各口径合计的流失率计"
        "算，客户之间的差别只来自持有和使用。",
        "{n} customers are worth {value} over {months} months. There is too little data for a model of leaving, so "
        "everybody is given the bank's rate of loss of the last year, all definitions together: customers differ by "
        "what they hold and use only.",
    ),
    "value_by_closing": Name(
        "{n} 位客户今后 {months} 个月合计值 {value}；历史不足 18 个整月，流失口径还用不上，留存一律按全行过去一年的销户率"
        "计算：睡眠和资产大幅流出不在其内，价值偏高。",
        "{n} customers are worth {value} over {months} months. With fewer than 18 closed months the definitions of "
        "being lost cannot be used, so everybody is given the bank's rate of closing in the last year. It knows nothing "
        "of dormancy and assets gone: values come out high.",
    ),
    "rests_on": Name("计算依据", "What the values rest on"),
    "discount_rate": Name("年折现率", "Discount rate, a year"),
    "unpriced": Name("没有价格的账户", "Accounts without a price"),
    "plain_rate": Name("全行年流失率（不在模型之内者用）", "Lost in a year (for who has no curve)"),
    "gone_rate": Name("已计流失者的年销户率", "Closing in a year, of those counted lost"),
    "paid_end_of_month": Name(
        "每月的收益按月末仍在的客户计入，年折现率 {rate}。有 {unpriced} 个账户既没有产品利差、利率，也没有设定价格，按不"
        "产生收益计。",
        "A month's margin is counted at its end, from who is still here then, discounted at {rate} a year. {unpriced} "
        "accounts have neither a product's spread, nor a rate, nor a price set for them, and are taken to earn nothing.",
    ),
    "errors": Name("区间从哪里来", "Where the intervals come from"),
    "error": Name("误差", "Error"),
    "used": Name("采用", "Used"),
    "measured": Name("实测", "Measured"),
    "setting": Name("设定", "Setting"),
    "measured_on": Name("实测依据（流失数或层级数）", "Measured on (losses, tiers)"),
    "comes_from": Name("来源", "Taken from"),
    "hazard_error": Name("流失水平", "Level of leaving"),
    "margin_error": Name("收益水平", "Margin"),
    "error_measured": Name("实测", "Measured"),
    "error_floor": Name("设定（比实测宽，作下限）", "Setting (wider than measured: a floor)"),
    "error_assumed": Name("设定（无从实测）", "Setting (could not be measured)"),
    "errors_measured": Name(
        "两项误差都有实测：流失水平看最近一个已结束的检验窗口（一个窗口只是一次观察），收益水平看各层级留存客户一年间"
        "收益的变化；设定值作下限。",
        "Both errors were measured: the level of leaving on the last closed window (one window is one observation), "
        "margin on how far it moved within a year among the customers of each tier who stayed. Settings are a floor.",
    ),
    "errors_partly": Name(
        "一项误差有实测，另一项是设定值，不是测出来的。",
        "One of the errors was measured; the other is a setting of the bank, not a measurement.",
    ),
    "errors_assumed": Name(
        "两项误差都是设定值，不是测出来的：区间的宽窄是假设。",
        "Both errors are settings of the bank, not measurements: how wide the intervals are is assumed.",
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
