"""NPS and CSAT in words."""

from tenure.contracts.codes import Name

TITLE = Name("客户评价", "What customers say")
MEANS = Name(
    "净推荐值（NPS）是推荐者（9–10 分）占比减去贬损者（0–6 分）占比，范围 −100 到 +100，取最近十二个月的回复。"
    "每个数都带 95 % 区间：真值大多落在其中。回复少的机构，数字向全行水平收缩后再看。",
    "NPS is the share of promoters (9–10) less the share of detractors (0–6), from −100 to +100, over twelve months of "
    "answers. Each figure has its 95 % interval: the truth mostly lies within. Branches with few answers are drawn "
    "towards the bank's level before they are compared.",
)
NOT = Name(
    "它不等于忠诚：满意的客户也会离开（见“满意度陷阱”）。区间重叠的机构不分名次；没有回复的客户可能另有看法。",
    "It is not loyalty: satisfied customers leave too (see the satisfaction trap). Branches whose intervals overlap "
    "have no order, and those who did not answer may think otherwise.",
)
WORDS: dict[str, Name] = {
    "now": Name("最近十二个月", "The last twelve months"),
    "nps": Name("NPS", "NPS"),
    "csat": Name("满意率（4–5 分）", "Satisfied (4–5 of 5)"),
    "promoters": Name("推荐者", "Promoters"),
    "passives": Name("被动者", "Passives"),
    "detractors": Name("贬损者", "Detractors"),
    "nps_is": Name(
        "{n} 份回复，NPS 为 {nps}，误差约 ±{width} 点。", "NPS is {nps} from {n} answers, give or take {width} points."
    ),
    "branches": Name("各机构", "Branches"),
    "nps_shrunk": Name("收缩后 NPS", "NPS, shrunk"),
    "places": Name("可能名次", "Possible places"),
    "ranking_ranked": Name("各机构两两可分，名次可用。", "Every pair of branches can be told apart."),
    "ranking_partly_ranked": Name(
        "只有部分机构能分出先后；其余名次是一个范围。",
        "Only some branches can be told apart; the rest have a range of places.",
    ),
    "ranking_cannot_be_ranked": Name(
        "回复还不足以排名：差别可能全是偶然。", "They cannot be ranked: the differences may all be chance."
    ),
    "trend": Name("按月走势", "By month"),
    "trend_changed": Name("水平在 {month} 发生变化：{shift} 点。", "The level changed in {month}, by {shift} points."),
    "trend_no_change_seen": Name(
        "看不出水平有变化，起伏在偶然范围内。", "No change of level is seen; the ups and downs are within chance."
    ),
}
