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
    "costs_recorded": Name("每次触达的成本都来自本行数据。", "What each contact cost is the bank's own record."),
    "costs_assumed": Name(
        "{share}的触达没有成本记录，按渠道用了假设（value.toml 的 [contact_cost]，可改成本行的数）。",
        "{share} of the contacts came without a cost and are priced by channel, which is an assumption "
        "([contact_cost] in value.toml, where the bank lays its own over it).",
    ),
    "keeping": Name("留住一位客户花多少", "What keeping one customer costs"),
    "kept_more": Name("一年后多留下（百分点）", "More still here a year later, points"),
    "spent_more": Name("触达组人均多花", "Spent more on each contacted"),
    "price_of_keeping": Name("留住一位的价格", "Price of one customer kept"),
    "keeping_price": Name(
        "抽签触达的客户与对照组相比，多花的钱除以多留下的人：每多留住一位 {price}（95% 区间 {low} 至 {high}）。",
        "Customers drawn for a contact against those held out, money over customers who stayed: {price} for one customer "
        "kept (95 % interval {low} to {high}).",
    ),
    "keeping_cannot_tell": Name(
        "一年后留下的比例，触达组与对照组相差 {effect} 个百分点（区间 {low} 至 {high}），看不出触达留住了人，所以说不出价格。",
        "A year later {effect} points more of the contacted were here than of the held out (interval {low} to {high}): "
        "whether contacts keep anybody cannot be told, so there is no price.",
    ),
    "keeping_drove_away": Name(
        "一年后留下的比例，触达组比对照组低（{effect} 个百分点，区间 {low} 至 {high}）：这些活动是在赶客，没有价格可言。",
        "A year later fewer of the contacted were here than of the held out ({effect} points, interval {low} to {high}): "
        "these campaigns drove customers away, and there is no price.",
    ),
    "winning": Name("每位新客花了多少", "Spent per newcomer"),
    "newcomers": Name("新客数", "Newcomers"),
    "spent_on_them": Name("花在他们身上", "Spent on them"),
    "spent_per_newcomer": Name("每位新客花费", "Spent per newcomer"),
    "no_causal_price": Name(
        "成为客户前的触达、给介绍人的礼品、第一年的兑换与让利，除以新客数，按机构和月份。这不是获客的价格：其中不花钱也会来的有"
        "多少，没有对照组就不知道，真正的价格只会更高。",
        "Contacts before they came, gifts to whoever introduced them, rewards and concessions of their first year, over "
        "newcomers, by branch and month. It is not the price of winning one: how many would have come anyway is not "
        "known without a held-out group, and the true price can only be higher.",
    ),
    "prices": Name("新客与老客，哪个更贵", "Which is dearer, a newcomer or a customer kept"),
    "what": Name("项目", "What"),
    "money": Name("金额", "Money"),
    "times": Name("倍数", "Times"),
    "newcomer_times": Name("新客花费是留客价格的几倍", "Spent per newcomer ÷ price of one kept"),
    "keeping_is_cheaper": Name(
        "每位新客的花费是留住一位的 {times} 倍（区间 {low} 至 {high}）：留客更便宜。获客的真实价格只会更高，结论不变。",
        "A newcomer has {times} times spent on them what keeping one costs (interval {low} to {high}): keeping is cheaper. "
        "The true price of winning can only be higher, so this stands.",
    ),
    "winning_is_cheaper": Name(
        "每位新客的花费是留住一位的 {times} 倍（区间 {low} 至 {high}）。但不花钱也会来的新客不知有多少，不能说获客更便宜。",
        "A newcomer has {times} times spent on them what keeping one costs (interval {low} to {high}). How many would have "
        "come anyway is not known, so winning cannot be called cheaper.",
    ),
    "times_cannot_tell": Name(
        "两者哪个更贵，还分不出来。业内“新客贵五倍”之说，本行数据既不证实也不否定。",
        "Which is dearer cannot be told. That new customers cost five times more is neither borne out nor refuted here.",
    ),
    "returns": Name(
        "花的钱带来多少资产：今天花费的几成到两倍", "Assets that money brought, at none to twice today's spending"
    ),
    "returns_not_causal": Name(
        "{months} 个机构月：当月人均花费，与三个月后人均资产比其他机构多长多少。花费没有抽签，曲线说的是一起发生，不是钱造成的。",
        "{months} branch-months: what was spent per customer, and how much more their assets grew in three months than "
        "other branches' did. Budgets were not drawn by lot: a curve says what went together, not what the money did.",
    ),
    "contacts_made": Name("营销触达", "Campaign contacts"),
    "rewards_given": Name("积分兑换", "Rewards"),
    "concessions": Name("投诉让利", "Concessions"),
    "split_gain": Name("换一种分法能多多少", "What another split would gain"),
    "gain": Name("多出的资产（每月预算）", "More assets, for a month's budget"),
    "split_move_money": Name(
        "今天最后一元在各处带来的资产不一样：按曲线换一种分法，三个月多 {gain}（区间 {low} 至 {high}）。先在几家机构试，再全行推开。",
        "The last yuan brings unlike amounts today: by these curves another split brings {gain} more in three months "
        "(interval {low} to {high}). Try it in a few branches before you move the bank's money.",
    ),
    "split_cannot_tell": Name(
        "看不出哪里的下一元更值：今天的分法与算出的最好分法没有可信的差别。",
        "Where the next yuan earns most cannot be told: the best split is no better founded than today's.",
    ),
    "split": Name("每月预算的分法", "The split of a month's budget"),
    "spent_on": Name("用途", "Spent on"),
    "spent_now": Name("现在每月", "Now, a month"),
    "next_yuan": Name("再花一元带来的资产", "Assets of one more yuan"),
    "spent_best": Name("算出的分法", "By the curves"),
    "share_best": Name("占比", "Share"),
    "limit": Name("边界", "Limit"),
    "at_limit": Name("已到试过的最大数", "The most ever tried"),
    "no_price": Name(
        "赢得一位新客与留住一位老客各花多少，现在还说不出：数据里没有营销触达，或触达既没有成本也没有渠道。业内“新客贵五"
        "倍”之说未经本行验证。",
        "What winning a customer costs and what keeping one costs cannot be told yet: the data hold no campaign contacts, "
        "or contacts with neither a cost nor a channel. That new customers cost five times more is a saying this bank "
        "has not tested.",
    ),
}
