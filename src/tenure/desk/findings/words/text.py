"""Themes of what customers write, and causes of complaint, in words."""

from tenure.contracts.codes import Name

TITLE = Name("客户原声", "What customers write")
MEANS = Name(
    "最近十二个月调查留言和投诉的原话，按主题归类：多少条提到、近三个月是升是降、字里行间是否不满、推荐分多少，"
    "以及说这话的客户名下有多少 AUM。一条原话只归入它最明确的一个主题；常见主题事先给定，其余从原话中发现，名称逐夜保持不变。"
    "各机构用同一套主题，便于比较。",
    "Survey comments and complaints of the last twelve months, sorted by theme: how many speak of it, whether it rose "
    "or fell over three months, whether the words are unhappy, the score given beside them, and the AUM of the customers "
    "who said so. Each comment is in one theme, its clearest. The usual themes are given, others are found in the "
    "words; they keep their names from night to night, and all branches share them, so that they can be compared.",
)
NOT = Name(
    "主题说明客户在谈什么，不说明原因，也不说明谁对谁错。没有留言的客户可能另有看法。"
    "“关联 AUM”是说这话的客户的全部 AUM，不是预计损失；同一客户可能谈到几个主题，各行不能相加。"
    "情绪由机器判断，见“可信程度”；看不出情绪的留言不计入不满占比。"
    "投诉原因以经办人编码为准，机器只作复核；未经本行编码训练时不统计原因。",
    "A theme is what people talk about, neither its cause nor who is right, and those who wrote nothing may think "
    "otherwise. The AUM beside a theme is all that these customers hold, not an expected loss; one customer may speak "
    "of several themes, so lines do not add up. Feelings are judged by machine (see how far to rely on it); comments "
    "that tell none are left out of the unhappy share. Causes are those that handlers coded, the machine only checks "
    "them; it counts none before the bank's own codes have taught it.",
)
WORDS: dict[str, Name] = {
    # the headline
    "said": Name("最近十二个月", "The last twelve months"),
    "verbatims": Name("原话", "Comments"),
    "unhappy": Name("不满占比", "Unhappy"),
    "unhappy_assets": Name("不满客户的 AUM", "AUM of the unhappy"),
    "named": Name("有明确主题", "Name a theme"),
    "said_most": Name(
        "{n} 条原话，提到最多的是“{theme}”（{share}）。", "{n} comments, most often about {theme} ({share})."
    ),
    "said_most_and_worst": Name(
        "{n} 条原话，提到最多的是“{theme}”（{share}）；最让人不满的是“{worst}”：能看出情绪的留言中 {unhappy} 不满，"
        "这些客户的 AUM 为 {stake}。",
        "{n} comments, most often about {theme} ({share}). What hurts most is {worst}: {unhappy} of the comments that "
        "tell a feeling are unhappy, and those customers hold {stake}.",
    ),
    # the themes
    "themes": Name("主题", "Themes"),
    "theme": Name("主题", "Theme"),
    "said_with": Name("客户用词", "In the words"),
    "complaints": Name("投诉", "Complaints"),
    "share": Name("占比", "Share"),
    "course": Name("近三月变化（百分点）", "Change (points)"),
    "recommend": Name("平均推荐分（0–10）", "Mean score (0–10)"),
    "at_stake": Name("不满者的 AUM", "AUM of the unhappy"),
    "grew": Name(
        "近三个月“{theme}”明显增多：占比 {points} 个百分点。",
        "{theme} has clearly grown over the last three months: its share moved by {points} points.",
    ),
    "shrank": Name(
        "近三个月“{theme}”明显减少：占比 {points} 个百分点。",
        "{theme} has clearly receded over the last three months: its share moved by {points} points.",
    ),
    "no_course": Name(
        "近三个月与之前九个月相比，各主题占比的起伏都在偶然范围内。",
        "Over the last three months no theme's share has moved beyond chance.",
    ),
    "by_month": Name("主要主题按月占比", "The largest themes by month"),
    # examples
    "examples": Name("原话举例", "In their own words"),
    "words": Name("原话", "Comment"),
    "times": Name("次数", "Times"),
    "newest": Name("最近一次", "Last on"),
    # branches
    "branches": Name("各网点", "Branches"),
    "most": Name("提到最多", "Most on"),
    "apart": Name("明显多于别处", "Clearly more than elsewhere"),
    "apart_here": Name("本网点占比", "Share here"),
    "elsewhere": Name("其他网点占比", "Share elsewhere"),
    "branch_apart": Name(
        "{branch}的客户说到“{theme}”明显多于别处：{points} 个百分点。",
        "Customers of {branch} speak of {theme} clearly more than elsewhere: {points} points.",
    ),
    "branches_alike": Name(
        "没有哪个网点的主题明显不同于其他网点。", "No branch clearly hears other themes than the rest."
    ),
    "themes_here": Name("本机构的主题", "Themes here"),
    "stands_out": Name(
        "“{theme}”在这里明显多于其他机构：{points} 个百分点。",
        "{theme} is clearly spoken of more here than elsewhere: {points} points.",
    ),
    "like_the_others": Name(
        "没有哪个主题在这里明显多于其他机构。", "No theme is clearly spoken of more here than elsewhere."
    ),
    # how far to rely on it
    "steadiness": Name("可信程度", "How far to rely on it"),
    "steady": Name("换一批原话，主题的一致程度（0–1）", "Same themes on other samples (0–1)"),
    "kept": Name("与昨夜归类相同", "Sorted as last night"),
    "right": Name("情绪判断与推荐分相符", "Feelings that agree with the score"),
    "corrections": Name("人工更正", "Corrections by people"),
    "corrections_idle": Name("暂无对应主题的更正", "Corrections whose theme is not there now"),
    "themes_steady": Name(
        "主题稳定：抽取部分原话重新归类，结果大体相同。",
        "The themes are steady: found again on samples of the comments, they come out much the same.",
    ),
    "themes_shaky": Name(
        "主题还不稳定：换一批原话会分得不一样，宜结合原话来看。",
        "The themes are not steady yet: other samples would be sorted differently, so read the comments beside them.",
    ),
    # causes of complaint
    "causes": Name("投诉原因：编码与原话", "Causes of complaint: codes and words"),
    "uncoded": Name("未编码", "Not coded"),
    "coded_alike": Name("措辞相同的投诉，编码一致", "Worded alike, coded alike"),
    "agreement": Name("与原话相符", "Words agree"),
    "causes_agree": Name(
        "{n} 种不同的投诉中，由原话判断的原因有 {agreed} 与经办人编码一致。",
        "Of {n} different complaints the words suggest the cause that the handler coded in {agreed}.",
    ),
    "causes_differ": Name(
        "{n} 种不同的投诉中，由原话判断的原因只有 {agreed} 与经办人编码一致：编码口径宜复核。",
        "Of {n} different complaints the words suggest the handler's cause in {agreed} only: look at how they are coded.",
    ),
    "causes_untaught": Name(
        "措辞不同的已编码投诉还太少（每个原因至少要五种），机器学不到本行的口径；这里只列经办人编码，不作推断。",
        "Too few differently worded complaints (five a cause) to teach the machine the bank's codes; only what handlers "
        "coded is shown.",
    ),
    "by_cause": Name("各投诉原因", "Causes"),
    "cause": Name("原因", "Cause"),
    "taken_for": Name("最易混淆", "Most often taken for"),
    "suggested": Name("未编码中推断", "Suggested for the uncoded"),
    "mostly_about": Name("主要谈到", "Mostly about"),
    "six_causes": Name("六种常见抱怨", "The six common causes"),
    "six_cause": Name("抱怨", "Cause"),
    "greetings_only": Name("只有问候，没有价值", "Greetings only, no value"),
    "closed_product_design": Name("产品闭门造车", "Products made behind closed doors"),
    "arrogance": Name("谈判傲慢", "Arrogance in negotiation"),
    "one_size_fits_all": Name("服务千篇一律", "One size fits all"),
    "short_term_milking": Name("只顾短期收益", "Short-term milking"),
    "bank_first": Name("指标先于客户", "Targets before customers"),
    # the usual subjects
    "waiting": Name("排队等候", "Queues and waiting"),
    "attitude": Name("服务态度", "Staff and attitude"),
    "manager": Name("客户经理", "Relationship managers"),
    "procedure": Name("手续流程", "Procedures"),
    "app": Name("手机银行", "Mobile bank"),
    "machines": Name("自助设备", "Machines"),
    "fees": Name("收费", "Fees"),
    "rates": Name("利率", "Interest rates"),
    "investments": Name("理财与投资", "Investments"),
    "loans": Name("贷款", "Loans"),
    "maturity": Name("到期提醒", "Maturity"),
    "selling": Name("推销骚扰", "Sales calls"),
    "privacy": Name("个人信息", "Privacy"),
    "cards": Name("银行卡", "Cards"),
    "offers": Name("优惠活动", "Offers"),
    "premises": Name("环境与停车", "Premises and parking"),
    "asked_for_marks": Name("员工要求打高分", "Asked for high marks"),
}
