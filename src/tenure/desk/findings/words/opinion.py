"""NPS and CSAT in words."""

from tenure.contracts.codes import MOMENTS, Name

TITLE = Name("客户评价", "What customers say")
MEANS = Name(
    "净推荐值（NPS）是推荐者（9–10 分）占比减去贬损者（0–6 分）占比，范围 −100 到 +100，取最近十二个月的回复。"
    "每个数都带 95 % 区间：真值大多落在其中。加权 NPS 让每位客户只算一次，"
    "并按层级、年龄、到店次数等把没有回复的客户补回来，"
    "两者相差大，说明常来、爱回复的客户与其他客户看法不同。回复少的机构，数字向全行水平收缩后再比较。"
    "列名或标题标明“加权”的数才加权；其余（按月走势、影响因素、等候、再次询问）都按收到的回复计算，不加权。",
    "NPS is the share of promoters (9–10) less the share of detractors (0–6), from −100 to +100, over twelve months of "
    "answers. Each figure has its 95 % interval: the truth mostly lies within. The weighted NPS counts every customer "
    "once and makes up for those who were not heard by tier, age, visits and the like; where the two differ, those who "
    "come and answer often think otherwise than the rest. Branches with few answers are drawn towards the bank's level "
    "before they are compared. Only what is headed weighted is weighted; all else (the months, what goes with the score, "
    "waits, detractors asked again) is of the answers as they came.",
)
NOT = Name(
    "它不等于忠诚：满意的客户也会离开（见“满意度陷阱”）。区间重叠的机构不分名次。加权只能补回已知特征上的差别，"
    "补不回“因为不满意才不回复”的人。影响因素是相关，不是因果：改了它，评分不一定跟着变。",
    "It is not loyalty: satisfied customers leave too (see the satisfaction trap). Branches whose intervals overlap "
    "have no order. Weights make up for what is known of the silent, never for those who stay silent because they are "
    "unhappy. What goes with the score is an association: changing it need not move the score.",
)
WORDS: dict[str, Name] = {
    **MOMENTS,
    "now": Name("最近十二个月", "The last twelve months"),
    "nps": Name("NPS", "NPS"),
    "nps_weighted": Name("加权 NPS", "NPS, weighted"),
    "csat": Name("满意率（4–5 分）", "Satisfied (4–5 of 5)"),
    "effort": Name("费力度（1–7，越低越好）", "Effort (1–7, low is good)"),
    "promoters": Name("推荐者", "Promoters"),
    "passives": Name("被动者", "Passives"),
    "detractors": Name("贬损者", "Detractors"),
    "nps_is": Name(
        "{n} 份回复，NPS 为 {nps}，误差约 ±{width} 点。", "NPS is {nps} from {n} answers, give or take {width} points."
    ),
    "nps_is_weighted": Name(
        "{n} 份回复，NPS 为 {nps}（误差约 ±{width} 点）；每位客户只算一次并补上没有回复的客户后为 {weighted}。",
        "NPS is {nps} from {n} answers, give or take {width} points; {weighted} once every customer counts "
        "once and those "
        "not heard are made up for.",
    ),
    "who_was_heard": Name("听到了谁", "Who was heard"),
    "frame_size": Name("可以询问的客户", "Customers who could have been asked"),
    "heard": Name("其中回复过的客户", "Of them, heard"),
    "heard_share": Name("听到的比例", "Share heard"),
    "response_rate": Name("回复率", "Response rate"),
    "effective": Name("加权后相当于（位客户）", "Worth, once weighted (customers)"),
    "imbalance_before": Name("加权前最大差异（标准差）", "Largest imbalance before (SD)"),
    "imbalance_after": Name("加权后最大差异（标准差）", "Largest imbalance after (SD)"),
    "frame_moments": Name(
        "可以询问的客户：十二个月内到店办理、新开产品、投诉办结、使用手机银行或与我行有过接触，且未拒绝调研的客户。"
        "系统只收到回复，不知道向谁发出了邀请，所以回复率未知。",
        "Who could have been asked: customers served at a branch, who opened a product, had a complaint "
        "closed, used the "
        "app or were in contact with us within twelve months, and did not refuse surveys. The lake holds "
        "answers and no "
        "invitations, so the response rate is unknown.",
    ),
    "frame_invited": Name(
        "可以询问的客户：十二个月内按调研规则可被询问的客户（抽中的、未抽中的、超出名额的）。"
        "回复率只算已发出、未退回且已截止的邀请。",
        "Who could have been asked: customers whom a survey could ask within twelve months, drawn, not drawn or above a "
        "quota. The response rate counts invitations that were sent, did not come back and have ended.",
    ),
    "frame_active": Name(
        "数据里没有到店、接触等时刻，因此以十二个月内有交易且未拒绝调研的客户为准。不知道向谁发出了邀请，"
        "所以回复率未知。",
        "The lake knows no visits or contacts, so every customer with a transaction within twelve months who "
        "did not refuse "
        "surveys is taken. Who was invited is not known, so neither is the response rate.",
    ),
    "no_weights": Name(
        "回复太少，无法为没有回复的客户加权；只显示原始数。",
        "Too few answers to make up for those not heard; only the raw figures are shown.",
    ),
    "waves": Name("最近三个月与此前三个月", "The last three months and the three before"),
    "last_wave": Name("最近三个月 NPS", "NPS, last three months"),
    "wave_before": Name("此前三个月 NPS", "NPS, three months before"),
    "change": Name("变化", "Change"),
    "change_weighted": Name("变化（加权）", "Change, weighted"),
    "detectable": Name("能看出的最小变化", "Smallest change that would show"),
    "waves_up": Name("NPS 上升了 {change} 点，超出偶然。", "NPS rose by {change} points, beyond chance."),
    "waves_down": Name("NPS 变化 {change} 点，下降超出偶然。", "NPS changed by {change} points: a fall beyond chance."),
    "waves_cannot_tell": Name(
        "变化 {change} 点，看不出是否真的变了；这么多回复要变化约 {detectable} 点才看得出。",
        "It moved by {change} points, which may be chance; with so many answers only about {detectable} points "
        "would show.",
    ),
    "csat_weighted": Name("满意率，加权（4–5 分）", "Satisfied, weighted (4–5 of 5)"),
    "effort_weighted": Name("费力度，加权（1–7，越低越好）", "Effort, weighted (1–7, low is good)"),
    "too_few_to_say": Name("太少", "too few"),
    "some_too_few": Name(
        "其中 {n} 类不足十份回复：只列份数，不给数字。",
        "With fewer than ten answers, of which only the number is shown: {n}.",
    ),
    "only_other_answers": Name(
        "{n} 份回复，其中没有推荐意愿。", "{n} answers, none of them to how likely they are to recommend us."
    ),
    "branches": Name("各机构", "Branches"),
    "nps_shrunk": Name("收缩后 NPS（加权）", "NPS, weighted and shrunk"),
    "nps_shrunk_raw": Name("收缩后 NPS（未加权）", "NPS, shrunk (unweighted)"),
    "csat_shrunk": Name("收缩后满意率（加权）", "Satisfied, weighted and shrunk"),
    "csat_shrunk_raw": Name("收缩后满意率（未加权）", "Satisfied, shrunk (unweighted)"),
    "effort_shrunk": Name("收缩后费力度（加权）", "Effort, weighted and shrunk"),
    "effort_shrunk_raw": Name("收缩后费力度（未加权）", "Effort, shrunk (unweighted)"),
    "places": Name("可能名次（加权）", "Possible places (weighted)"),
    "places_raw": Name("可能名次（未加权）", "Possible places (unweighted)"),
    "ranking_ranked": Name("各机构两两可分，名次可用。", "Every pair of branches can be told apart."),
    "ranking_partly_ranked": Name(
        "只有部分机构能分出先后；其余名次是一个范围。",
        "Only some branches can be told apart; the rest have a range of places.",
    ),
    "ranking_cannot_be_ranked": Name(
        "回复还不足以排名：差别可能全是偶然。", "They cannot be ranked: the differences may all be chance."
    ),
    "ranking_too_few": Name(
        "回复太少，不能比较；只列出各机构自己的数。", "Too few answers to compare; each branch's own figure is listed."
    ),
    "moments": Name("按真实时刻", "By moment of truth"),
    "moment": Name("真实时刻", "Moment of truth"),
    "tiers": Name("按层级", "By tier"),
    "channels": Name("按渠道", "By channel"),
    "channel": Name("渠道", "Channel"),
    "teams": Name("按主办客户经理的团队", "By the lead manager's team"),
    "team": Name("主办客户经理", "Lead manager"),
    "drivers_rated": Name("推荐意愿与哪些评价相伴", "What goes with recommending: ratings and circumstances"),
    "drivers_lived": Name("推荐意愿与哪些经历相伴", "What goes with recommending: circumstances alone"),
    "driver": Name("因素", "Driver"),
    "share_of_explained": Name("占可解释部分", "Part of the explained"),
    "direction": Name("关系", "Which way"),
    "with_higher": Name("越高，越愿推荐", "The more, the likelier to recommend"),
    "with_lower": Name("越高，越不愿推荐", "The more, the less likely to recommend"),
    "may_be_chance": Name("可能是偶然", "May be chance"),
    "drivers_explain": Name(
        "{n} 份完整回复（未加权）；这些因素合起来能解释推荐意愿差别的 {explained}。只是相关，不是因果。",
        "From {n} complete answers, unweighted; together they explain {explained} of the differences. Associations, not "
        "causes.",
    ),
    "kind": Name("类型", "Kind"),
    "penalty": Name("评低分时（推荐分）", "When rated low (points of 10)"),
    "reward": Name("评最高分时（推荐分）", "When rated best (points of 10)"),
    "basic": Name("基本型：差了扣分，好了不加分", "Basic: hurts when bad, does not please when good"),
    "performance": Name("绩效型：差了扣分，好了加分", "Performance: hurts when bad, pleases when good"),
    "excitement": Name("惊喜型：好了加分，差了不扣分", "Excitement: pleases when good, does not hurt when bad"),
    "unclear": Name("看不出", "Cannot be told"),
    "satisfaction": Name("满意度", "Satisfaction"),
    "ease": Name("省力程度（费力度折算为 1–5，5 为最省力）", "Ease (effort turned round, 1–5)"),
    "complaint": Name("此前 90 天内有投诉", "A complaint within 90 days before"),
    "counter": Name("在柜面（相对其他渠道）", "At the counter (against other channels)"),
    "digital": Name("线上交易占比", "Digital share of transactions"),
    "tenure": Name("客户年限", "Years with us"),
    "wait": Name("等候分钟数", "Minutes waited"),
    "waits": Name("柜面：等候越久，评价如何", "At the counter: by minutes waited"),
    "waited": Name("等候", "Waited"),
    "wait_5": Name("5 分钟以内", "Up to 5 minutes"),
    "wait_10": Name("5–10 分钟", "5–10 minutes"),
    "wait_20": Name("10–20 分钟", "10–20 minutes"),
    "wait_30": Name("20–30 分钟", "20–30 minutes"),
    "wait_more": Name("30 分钟以上", "More than 30 minutes"),
    "asked_again": Name("贬损者再次评价", "Detractors asked again"),
    "who": Name("哪些客户", "Who"),
    "asked_all": Name("全部再次评价的贬损者", "All detractors who answered again"),
    "contacted": Name("其间联系上的", "Reached by us in between"),
    "mended": Name("其间闭环已修复的", "Whose case was repaired in between"),
    "left_alone": Name("其间无接触、无投诉（对照）", "No contact and no complaint in between (the check)"),
    "detractors_asked": Name("贬损者", "Detractors"),
    "recovered": Name("不再是贬损者", "Detractors no more"),
    "expected": Name("什么也不做也会如此", "Expected without action"),
    "beyond": Name("超出部分（百分点）", "Beyond it (points)"),
    "again_beyond": Name(
        "联系过的贬损者中，不再贬损的比不做任何事也会出现的多 {beyond} 个百分点，超出偶然。{n} 位其间无接触、无投诉的客户，"
        "两次回复的相关为 {alike}（{low} 至 {high}）。仍不能代替对照组。",
        "Of the detractors whom we reached, those who are none any more exceed what no action would have brought by "
        "{beyond} points, beyond chance. Two answers correlate by {alike} ({low} to {high}) for the {n} customers with no "
        "contact and no complaint in between. It is no substitute for a control group.",
    ),
    "again_as_chance": Name(
        "联系过的贬损者中，不再贬损的与不做任何事也会出现的相差 {beyond} 个百分点，可能只是偶然：一次评低分，下次自己也会回升。"
        "{n} 位其间无接触、无投诉的客户，两次回复的相关为 {alike}（{low} 至 {high}）。",
        "Of the detractors whom we reached, those who are none any more differ by {beyond} points from what no action would "
        "have brought, which may be chance: a bad answer is followed by a better one by itself. Two answers correlate by "
        "{alike} ({low} to {high}) for the {n} customers with no contact and no complaint in between.",
    ),
    "again_short": Name(
        "联系过的贬损者中，不再贬损的比不做任何事也会出现的还少（{beyond} 个百分点），超出偶然：请看联系时发生了什么，也可能是联系的正是最不满的客户。"
        "{n} 位其间无接触、无投诉的客户，两次回复的相关为 {alike}（{low} 至 {high}）。",
        "Of the detractors whom we reached, fewer are none any more than no action would have brought ({beyond} points), "
        "beyond chance: look into what these contacts were; or those called were the unhappiest. Two answers correlate by {alike} ({low} to {high}) for the {n} "
        "customers with no contact and no complaint in between.",
    ),
    "again_check_fails": Name(
        "其间无接触、无投诉的贬损者也与预期不符：全体水平变了，或两次回复的关系不如设想，因此不对联系过的客户下结论。"
        "{n} 位这样的客户，两次回复的相关为 {alike}（{low} 至 {high}）。",
        "Detractors left alone differ from what was expected as well: the level of all has moved, or answers are not alike "
        "as supposed. So nothing is said of those whom we reached. Two answers correlate by {alike} ({low} to {high}) for "
        "the {n} customers left alone.",
    ),
    "again_nobody_reached": Name(
        "联系过的贬损者太少，还不能下结论。{n} 位其间无接触、无投诉的客户，两次回复的相关为 {alike}（{low} 至 {high}）。",
        "Too few detractors whom we reached answered again to say anything of them. Two answers correlate by {alike} "
        "({low} to {high}) for the {n} customers with no contact and no complaint in between.",
    ),
    "again_not_known": Name(
        "其间无接触、无投诉的客户太少（至少三十位），或他们的回复没有差别，因此不知道不做任何事会怎样：看不出联系有没有用。",
        "Too few customers answered twice with no contact and no complaint in between (thirty at least), or their answers "
        "do not differ. So what no action would have brought is not known: whether contacts helped cannot be told.",
    ),
    "repaired": Name("修复之后的九十天", "The ninety days after a repair"),
    "outcome": Name("客户后来怎样", "What the customer did"),
    "assets_kept": Name("保留的资产（%，最多 200）", "Assets kept (%, 200 at most)"),
    "products_more": Name("产品数增减", "Products more or fewer"),
    "gone": Name("离开的（%）", "Left (%)"),
    "repaired_n": Name("已修复客户", "Repaired"),
    "left_out": Name("无可比者", "Nobody like them"),
    "repaired_mean": Name("他们的平均", "Their mean"),
    "matched_mean": Name("可比者的平均", "Mean of those like them"),
    "difference": Name("相差", "Difference"),
    "repair_lasts": Name(
        "闭环修复的 {n} 位客户，三个月后的行为好于 {others} 位同季度同样不满、而未修复的可比客户：资产多保留 {difference} 个百分点。"
        "比的是修复前相近的客户；没有量到的差别仍可能在其中，不如随机对照。",
        "{n} customers whose case was repaired did better three months later than {others} who were as unhappy in the same "
        "quarter and whose case was not: they kept {difference} points more of their assets. They were alike before in what "
        "is measured; what is not may still differ, so this is weaker than a held-out group.",
    ),
    "repair_does_not_last": Name(
        "闭环修复的 {n} 位客户，三个月后的行为不如 {others} 位同样不满而未修复的可比客户（资产相差 {difference} 个百分点）："
        "口头认可没有留住人，也可能修复的正是最难留的客户。",
        "{n} customers whose case was repaired did worse three months later than {others} who were as unhappy and whose case "
        "was not ({difference} points of assets): that they agreed did not keep them, or those repaired were the hardest to "
        "keep.",
    ),
    "repair_cannot_tell": Name(
        "闭环修复的 {n} 位客户，三个月后的行为与 {others} 位同样不满而未修复的可比客户相差不出偶然（资产 {difference} 个百分点）：还看不出修复改变了行为。",
        "{n} customers whose case was repaired did no different, within chance, three months later from {others} who were as "
        "unhappy and whose case was not ({difference} points of assets): that repair changed what they do cannot be told yet.",
    ),
    "trend": Name("NPS 按月走势（未加权）", "NPS by month (unweighted)"),
    "trend_csat": Name("满意率按月走势（未加权）", "Satisfied, by month (unweighted)"),
    "trend_effort": Name("费力度按月走势（未加权，越低越好）", "Effort by month (unweighted, low is good)"),
    "trend_moved": Name(
        "水平变过 {n} 次，最近一次在 {month}：{shift}。", "Changes of level: {n}; the last one in {month}, by {shift}."
    ),
    "changes_csat": Name("满意率的水平变化", "Changes of level: satisfied"),
    "changes_effort": Name("费力度的水平变化", "Changes of level: effort"),
    "trend_changed": Name(
        "水平变过 {n} 次，最近一次在 {month}：{shift} 点。",
        "Changes of level: {n}; the last one in {month}, by {shift} points.",
    ),
    "changes": Name("NPS 的水平变化", "Changes of level: NPS"),
    "changed_in": Name("变化月份", "Changed in"),
    "not_before": Name("最早可能", "Not before"),
    "not_after": Name("最晚可能", "Not after"),
    "shift": Name("变化幅度", "By"),
    "level_since": Name("此后水平", "Level since"),
    "trend_no_change_seen": Name(
        "看不出水平有变化，起伏在偶然范围内。", "No change of level is seen; the ups and downs are within chance."
    ),
}
