"""Depth and retention in words."""

from tenure.contracts.codes import Name
from tenure.desk.findings.words import losing

TITLE = Name("持有深度与留存", "Depth and retention")
MEANS = Name(
    "看最近一个完整年度：年初仍有主动交易的个人客户，按年初之前三个月持有的产品类别数分组，一年后有多少人留下。提前三"
    "个月计数，是因为要走的客户会先清掉产品。怎样算离开，用本行自己的流失口径，与“流失”页相同（见“怎样算流失”）。"
    "“原始”是直接比较；“调整后”是假设各组客户的年限、年龄、资产和交易活跃度都一样时的留存。区间为 95 %。",
    "The last whole year: persons who still made transactions when it began, by how many kinds of product they had "
    "held three months before, and how many of them stayed. Depth is counted three months early because whoever is on "
    "the way out gives products up first. Who counts as having left is decided by the bank's own definitions, as on "
    "the Attrition page (see Who counts as lost). 'Raw' compares as it is; 'adjusted' "
    "is what retention would be if all groups were alike in tenure, age, assets and activity. Intervals are 95 %.",
)
NOT = Name(
    "它不说明多卖一类产品就能留住客户：持有多的人往往本来就更愿意留下，没有记录的因素（如满意度、他行关系）也没有调整。"
    "要知道效果，须有对照组（见“活动效果”）。业内常说“不足三个产品留存 18 %、四个以上接近 100 %”，那是传闻，"
    "不是本行数据，不可引用为事实。标为“不可比”的组，只看原始数。"
    "E 值若为 2，是说一个没有记录的因素，要让“持有多”和“留下”的可能各差到 2 倍，才足以解释全部差别。",
    "It does not say that selling one more product keeps a customer: those who hold more were often going to stay "
    "anyway, and what is not recorded (contentment, another bank) is not adjusted for. Only a held-out group tells "
    "(see Effects of campaigns). '18 % with fewer than three products, nearly 100 % with four' is folklore of the "
    "trade, not this bank's data, and never to be quoted as fact. Of groups that cannot be compared only the raw "
    "figure stands. An E-value of 2 says that something unrecorded would have to go with holding more and with staying "
    "by a factor of 2 each to explain the whole difference away.",
)
WORDS: dict[str, Name] = {
    **losing.WORDS,
    "now": Name("持有多与持有少的客户", "Those who hold more and those who hold fewer"),
    "retention": Name("一年留存率", "Stayed over the year"),
    "retention_few": Name("持有较少类别者", "… of those with fewer categories"),
    "retention_many": Name("持有较多类别者", "… of those with more categories"),
    "raw_difference": Name("原始差别（百分点）", "Raw difference (percentage points)"),
    "adjusted_difference": Name("调整后差别（百分点）", "Adjusted difference (percentage points)"),
    "surviving_share": Name("差别中调整后仍在的部分", "Part of the difference that survives"),
    "e_value": Name("E 值：未记录因素要多强", "E-value: how strong something unrecorded must be"),
    "depth_survives": Name(
        "持有 {many} 类及以上的客户比持有 {few} 类及以下的多留住 {raw} 个百分点；年限、年龄、资产和活跃度拉平后仍有 "
        "{adjusted} 个（{low} 至 {high}），即 {share}（{share_low} 至 {share_high}）的差别经得起调整。",
        "Customers with {many} or more categories stayed {raw} percentage points more than those with {few} or fewer; "
        "with tenure, age, assets and activity made equal {adjusted} remain ({low} to {high}): {share} of the "
        "difference survives ({share_low} to {share_high}).",
    ),
    "depth_partly_survives": Name(
        "持有 {many} 类及以上的客户比持有 {few} 类及以下的多留住 {raw} 个百分点，但其中只有 {share}（{share_low} 至 "
        "{share_high}）经得起调整：年限、年龄、资产和活跃度拉平后剩 {adjusted} 个（{low} 至 {high}）。",
        "Customers with {many} or more categories stayed {raw} percentage points more than those with {few} or fewer, "
        "but only {share} of it ({share_low} to {share_high}) survives: with tenure, age, assets and activity made "
        "equal {adjusted} remain ({low} to {high}).",
    ),
    "depth_disappears": Name(
        "持有 {many} 类及以上与 {few} 类及以下的原始差别是 {raw} 个百分点；年限、年龄、资产和活跃度拉平后为 {adjusted}"
        " 个（{low} 至 {high}），与零分不开：差别主要来自客户本身不同。",
        "Raw, {many} or more categories and {few} or fewer differ by {raw} percentage points; with tenure, age, "
        "assets and activity made equal it is {adjusted} ({low} to {high}), which cannot be told from none: the "
        "difference is mostly who the customers are.",
    ),
    "depth_reverses": Name(
        "原始差别（{many} 类及以上比 {few} 类及以下）是 {raw} 个百分点；年限、年龄、资产和活跃度拉平后方向相反："
        "{adjusted} 个（{low} 至 {high}）。",
        "Raw, {many} or more categories against {few} or fewer is {raw} percentage points; with tenure, age, assets "
        "and activity made equal it turns round: {adjusted} ({low} to {high}).",
    ),
    "depth_cannot_tell": Name(
        "持有 {many} 类及以上与 {few} 类及以下的原始差别是 {raw} 个百分点；调整后为 {adjusted} 个（{low} 至 {high}）："
        "全部经得起调整、全都经不起，两种可能都还在。",
        "Raw, {many} or more categories and {few} or fewer differ by {raw} percentage points; adjusted it is "
        "{adjusted} ({low} to {high}): all of it may survive, or none.",
    ),
    "depth_no_raw_difference": Name(
        "持有 {many} 类及以上与 {few} 类及以下的客户，留存相差 {raw} 个百分点，在偶然范围内；调整后为 {adjusted} 个（"
        "{low} 至 {high}）。本行数据还看不出持有多少与留存有关。",
        "Customers with {many} or more categories and with {few} or fewer differ by {raw} percentage points in "
        "staying, which may be chance; adjusted it is {adjusted} ({low} to {high}). This bank's data do not show that "
        "depth and staying go together.",
    ),
    "halves_not_comparable": Name(
        "持有 {many} 类及以上与 {few} 类及以下的客户差得太多，拉平不了：只能看原始数。",
        "Customers with {many} or more categories and with {few} or fewer are too unlike to be made equal: only the "
        "raw figures stand.",
    ),
    "curve": Name("按持有的类别数", "By categories held"),
    "raw": Name("原始留存", "Raw"),
    "adjusted": Name("调整后留存", "Adjusted"),
    "curve_survives": Name(
        "能比较的两端之间（{fewer} 类与 {more} 类）：原始差别 {raw} 个百分点，调整后 {adjusted} 个（{low} 至 "
        "{high}）。",
        "Between the ends that can be compared ({fewer} and {more} categories): {raw} percentage points raw, "
        "{adjusted} adjusted ({low} to {high}).",
    ),
    "curve_partly_survives": Name(
        "能比较的两端之间（{fewer} 类与 {more} 类）：原始差别 {raw} 个百分点，调整后只剩 {adjusted} 个（{low} 至 "
        "{high}）。",
        "Between the ends that can be compared ({fewer} and {more} categories): {raw} percentage points raw, of which "
        "only {adjusted} remain adjusted ({low} to {high}).",
    ),
    "curve_disappears": Name(
        "能比较的两端之间（{fewer} 类与 {more} 类）：原始差别 {raw} 个百分点，调整后与零分不开（{low} 至 {high}）。",
        "Between the ends that can be compared ({fewer} and {more} categories): {raw} percentage points raw; adjusted "
        "it cannot be told from none ({low} to {high}).",
    ),
    "curve_reverses": Name(
        "能比较的两端之间（{fewer} 类与 {more} 类）：原始差别 {raw} 个百分点，调整后方向相反：{adjusted} 个（{low} 至 "
        "{high}）。",
        "Between the ends that can be compared ({fewer} and {more} categories): {raw} percentage points raw, turned "
        "round to {adjusted} when adjusted ({low} to {high}).",
    ),
    "curve_cannot_tell": Name(
        "能比较的两端之间（{fewer} 类与 {more} 类）：原始差别 {raw} 个百分点，调整后 {low} 至 {high} 个，说不准。",
        "Between the ends that can be compared ({fewer} and {more} categories): {raw} percentage points raw; adjusted "
        "anything from {low} to {high}.",
    ),
    "curve_no_raw_difference": Name(
        "能比较的两端之间（{fewer} 类与 {more} 类）：原始差别 {raw} 个百分点，可能只是偶然。",
        "Between the ends that can be compared ({fewer} and {more} categories): {raw} percentage points raw, which "
        "may be chance.",
    ),
    "levels_not_comparable": Name(
        "没有哪两组的客户像到可以拉平来比；只能看原始留存。",
        "No two groups are enough alike to be made equal; only raw retention stands.",
    ),
    "levels": Name("各组能不能比", "Which groups can be compared"),
    "categories": Name("类别数", "Categories"),
    "effective": Name("有效客户数", "Effective"),
    "unlike": Name("与该组几乎不像的客户", "Unlike them"),
    "overlap": Name("可比性", "Comparable?"),
    "comparable": Name("可比", "Yes"),
    "too_few": Name("人数太少", "Too few"),
    "no_overlap": Name("不可比：客户差得太多", "No: the customers are too unlike"),
    "branch_now": Name("本机构的客户", "The branch's customers"),
    "branch_raw": Name(
        "较少指 {few} 类及以下，较多指 {many} 类及以上。这里只有原始数；差别经不经得起调整，看全行。",
        "Fewer is {few} or fewer categories, more is {many} or more. These are raw figures; whether the difference "
        "survives the adjustment is told for the whole bank.",
    ),
}
