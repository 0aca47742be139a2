"""The profit formula in words."""

from tenure.contracts.codes import Name

TITLE = Name("利润公式", "Profit formula")
MEANS = Name(
    "利润 = 流量 × 转化率 × 客单价 × 利润率，全部来自本行数据：流量是期内有账户的客户数；转化率是其中日均余额达到睡眠"
    "户门槛以上的有效户占比；客单价是有效户户均存款、投资与贷款余额；利润率是每元余额一年的内部转移利差，已扣预期损"
    "失。利润按年化表示，长短不同的期间可以相比。变化按沙普利值精确分到各因素，各部分之和等于总变化。",
    "Profit = traffic × conversion × spend × margin, all from the bank's own data. Traffic: customers with an account "
    "open in the period. Conversion: those of them whose average balances reach the threshold of a sleeping account. "
    "Spend: what one of those keeps and owes on average (deposits, investments, loans). Margin: what a unit of it "
    "earns a year at transfer prices, less expected loss. Profit is at yearly rates, so that periods of unequal "
    "length compare. The change is divided exactly (Shapley values): the parts add up to it.",
)
NOT = Name(
    "这是记账，不是因果：它告诉您往哪里看，不告诉您怎么做。利润未扣运营成本，也不含手续费；两个期间用同一套利差，所以“"
    "利润率”的变化是业务结构变了，不是市场利率变了。客户按今天所在机构计入两个期间。分机构的“结构”一项，只有合计才说明"
    "流量是否去了更赚钱的机构。一两位大客户就能推动一家小机构的数字，所以那里的区间很宽。区间说的是：换一批同样的客户，变化"
    "会差多少；全行共同遇到的好年景坏年景不在其中。",
    "This is bookkeeping, not cause: it says where to look, not what to do. Profit is before operating costs and "
    "without fees. Both periods use the same spreads, so a change of 'margin' is a change of business mix, not of "
    "market rates. Customers count in both periods where they are kept today. 'Mix' of a single branch means little; "
    "only its sum says whether traffic went where it earns more. In a small branch one or two large customers move "
    "the figures, so its intervals are wide. An interval says how much the change would differ with other customers "
    "like these; a good or bad year that all of them share is not in it.",
)
WORDS: dict[str, Name] = {
    "year": Name("最近十二个月与前十二个月", "The last twelve months and the twelve before"),
    "quarter": Name("最近三个月与前三个月（年化）", "The last three months and the three before (yearly rates)"),
    "profit_now": Name("本期利润（年化）", "Profit, at yearly rates"),
    "profit_before": Name("上期利润（年化）", "Profit before, at yearly rates"),
    "change": Name("变化", "Change"),
    "year_up": Name(
        "最近十二个月的利润比前十二个月多 {change}（{share}），贡献最大的是{factor}：{part}。",
        "Over the last twelve months profit rose by {change} ({share}); the largest part from {factor}: {part}.",
    ),
    "year_down": Name(
        "最近十二个月的利润比前十二个月少 {change}（{share}），拖累最大的是{factor}：{part}。",
        "Over the last twelve months profit fell by {change} ({share}); the largest part from {factor}: {part}.",
    ),
    "year_up_unclear": Name(
        "最近十二个月的利润比前十二个月多 {change}（{share}），超出偶然波动；来自哪个因素还说不清。",
        "Over the last twelve months profit rose by {change} ({share}), more than chance does; which factor brought it cannot be told.",
    ),
    "year_down_unclear": Name(
        "最近十二个月的利润比前十二个月少 {change}（{share}），超出偶然波动；来自哪个因素还说不清。",
        "Over the last twelve months profit fell by {change} ({share}), more than chance does; which factor brought it cannot be told.",
    ),
    "year_cannot_tell": Name(
        "最近十二个月的利润与前十二个月相比，变化在偶然波动之内（95% 区间 {low} 至 {high}）：不能说升了，也不能说降了。",
        "Against the twelve months before, profit moved no more than chance moves it (95 % interval {low} to {high}): "
        "neither a rise nor a fall can be told.",
    ),
    "year_few": Name(
        "只有 {customers} 位客户：与前十二个月相比的变化是记账数，是否偶然说不清。",
        "Only {customers} customers: the change from the twelve months before is bookkeeping, and whether it is chance cannot be told.",
    ),
    "year_same": Name("最近十二个月的利润与前十二个月持平。", "Profit is the same as in the twelve months before."),
    "quarter_up": Name(
        "最近三个月的年化利润比前三个月多 {change}（{share}），贡献最大的是{factor}：{part}。",
        "Over the last three months profit at yearly rates rose by {change} ({share}); most of it from {factor}: "
        "{part}.",
    ),
    "quarter_down": Name(
        "最近三个月的年化利润比前三个月少 {change}（{share}），拖累最大的是{factor}：{part}。",
        "Over the last three months profit at yearly rates fell by {change} ({share}); most of it from {factor}: "
        "{part}.",
    ),
    "quarter_up_unclear": Name(
        "最近三个月（年化）的利润比前三个月多 {change}（{share}），超出偶然波动；来自哪个因素还说不清。",
        "Over the last three months profit rose by {change} ({share}), more than chance does; which factor brought it cannot be told.",
    ),
    "quarter_down_unclear": Name(
        "最近三个月（年化）的利润比前三个月少 {change}（{share}），超出偶然波动；来自哪个因素还说不清。",
        "Over the last three months profit fell by {change} ({share}), more than chance does; which factor brought it cannot be told.",
    ),
    "quarter_cannot_tell": Name(
        "最近三个月（年化）的利润与前三个月相比，变化在偶然波动之内（95% 区间 {low} 至 {high}）：不能说升了，也不能说降了。",
        "Against the three months before, profit moved no more than chance moves it (95 % interval {low} to {high}): "
        "neither a rise nor a fall can be told.",
    ),
    "quarter_few": Name(
        "只有 {customers} 位客户：与前三个月相比的变化是记账数，是否偶然说不清。",
        "Only {customers} customers: the change from the three months before is bookkeeping, and whether it is chance cannot be told.",
    ),
    "quarter_same": Name("最近三个月的利润与前三个月持平。", "Profit is the same as in the three months before."),
    "year_parts": Name("十二个月的变化从哪里来", "Where the year's change came from"),
    "quarter_parts": Name("三个月的变化从哪里来", "Where the quarter's change came from"),
    "part": Name("占利润变化", "Part of the change"),
    "parts_add_up": Name(
        "各部分之和正好是总变化。区间跨过零的部分，可能只是偶然。",
        "The parts add up to the change exactly. A part whose interval holds zero may be chance alone.",
    ),
    "parts_few": Name(
        "各部分之和正好是总变化；客户太少，没有区间。",
        "The parts add up to the change exactly; the customers are too few for intervals.",
    ),
    "traffic": Name("流量（客户数）", "traffic (customers)"),
    "mix": Name("结构（流量在机构间的分布）", "mix (traffic between branches)"),
    "conversion": Name("转化率（有效户占比）", "conversion (active share)"),
    "spend": Name("客单价（户均余额）", "spend (average balances)"),
    "margin": Name("利润率（年利差）", "margin (yearly spread)"),
    "year_factors": Name("十二个月的各因素", "The year's factors"),
    "quarter_factors": Name("三个月的各因素", "The quarter's factors"),
    "period": Name("期间", "Period"),
    "before": Name("上期", "Before"),
    "after": Name("本期", "Now"),
    "margin_rate": Name("利润率（%/年）", "Margin, %"),
    "profit": Name("利润（年化）", "Profit"),
    "rest": Name("未计入：非有效户", "Left out"),
    "branches": Name("各机构的变化", "Where it changed"),
    "of_traffic": Name("流量", "Traffic"),
    "of_mix": Name("结构", "Mix"),
    "of_conversion": Name("转化率", "Conversion"),
    "of_spend": Name("客单价", "Spend"),
    "of_margin": Name("利润率", "Margin"),
    "old_and_new": Name("新客与老客：最近十二个月", "New customers and old: the last twelve months"),
    "group": Name("客户", "Customers"),
    "new_customers": Name("新客（一年内建立关系）", "New (within the year)"),
    "old_customers": Name("老客", "Old"),
    "contacts": Name("人均接触次数", "Contacts each"),
    "rewards": Name("人均兑换与让利", "Rewards each"),
    "margin_each": Name("人均利润（年化）", "Profit each"),
    "no_price": Name(
        "赢得一位新客与留住一位老客各花多少，现在还说不出：数据里有兑换和让利的成本，没有营销和走访的成本，也没有为获"
        "客做过对照试验。业内“新客贵五倍”之说未经本行验证。",
        "What winning a customer costs and what keeping one costs cannot be told yet: the data hold what rewards and "
        "concessions cost, not campaigns and visits, and nobody was held out from winning. That new customers cost "
        "five times more is a saying this bank has not tested.",
    ),
}
