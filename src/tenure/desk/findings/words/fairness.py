"""Whether concessions are fair, in words: for auditors, executives and those who handle complaints."""

from tenure.contracts.codes import Name

TITLE = Name("让利是否公平", "Whether concessions are fair")
MEANS = Name(
    "同类投诉的客户，得到的是否一样：近两年办结的投诉，只与同一原因、同一业务的投诉相比，"
    "并扣除涉及金额与投诉前一个月资产的影响。看两点：多常给予、给予时给多少。“声音大”指一年内投诉过，或走监管等公开渠道；"
    "“忠诚”指在本行满五年。一页上的所有比较合在一起检验：若人人一样，二十页中约一页会误指。",
    "Whether customers with the same kind of complaint get alike: complaints decided in two years, each held against those "
    "of the same cause and business only, with the amount in dispute and the assets of the month before taken off. Two "
    "things are asked: how often anything was given, and how much where something was. Loud is who complained within the "
    "year before, or by a public channel such as the supervisor; loyal is who has been with the bank for five years. All "
    "comparisons of a page are one test: where everybody is treated alike, one page in twenty names somebody wrongly.",
)
NOT = Name(
    "差别不等于偏袒：录音、证据、客户的要求不在数据里，差别可能另有道理，先看个案。没有差别也不等于公平：数据少时小的差别看不出。"
    "“给多少”只在给了的投诉之间比。本页不评价任何员工。",
    "A difference is no proof of favour: what was on tape, what could be shown and what the customer asked for are not in "
    "the data; read the cases first. And none found is no proof of fairness: few complaints hide small differences. How "
    "much is compared among those who got something only. No employee is judged here.",
)
WORDS: dict[str, Name] = {
    "fairness": Name("让利", "Concessions"),
    "fairness_unlike": Name(
        "同类投诉得到的不一样：{tests} 项比较中 {n} 组确有差别，见下表。",
        "Customers with the same complaint do not get alike: groups that differ for sure: {n}, of {tests} comparisons; "
        "see below.",
    ),
    "fairness_alike": Name("{tests} 项比较中未见确实的差别。", "No difference for sure in {tests} comparisons."),
    "fairness_cannot_tell": Name(
        "可比的同类投诉太少，说不准（每边至少十位客户、五次给予）。",
        "Too few complaints of the same kind to compare (ten customers a side, and five concessions, are the least).",
    ),
    "fairness_too_few": Name(
        "近两年办结的投诉只有 {n} 件，至少要 {least} 件才能比较。",
        "Only {n} complaints were decided in two years; it takes {least} to compare.",
    ),
    "decided": Name("办结的投诉", "Complaints decided"),
    "given_share": Name("给予让利", "Something given"),
    "given_median": Name("让利中位数", "Median given"),
    "given_total": Name("让利合计", "Given in all"),
    "comparisons": Name("比较项数", "Comparisons"),
    "not_approved": Name("未获批准的让利", "Not approved"),
    "loyal_or_loud": Name("忠诚的与声音大的", "The loyal and the loud"),
    "who": Name("客户", "Who"),
    "loyal_and_quiet": Name("忠诚而安静", "Loyal and quiet"),
    "loud": Name("声音大", "Loud"),
    "complaints": Name("投诉数", "Complaints"),
    "often_apart": Name("给予多常（与其他同类相比，百分点）", "How often, beside others alike (points)"),
    "much_apart": Name("给予多少（与其他同类相比）", "How much, beside others alike"),
    "loud_get_more": Name(
        "会哭的孩子有奶吃：同类投诉中，声音大的客户有 {loud} 得到让利，忠诚而安静的只有 {quiet}（扣除其他因素后相差 {points} 点）。",
        "The crying child gets the milk: of the loud {loud} got something, of the loyal and quiet with the same complaints "
        "{quiet} ({points} points apart, all else taken off).",
    ),
    "loyal_get_more": Name(
        "忠诚而安静的客户得到的多于声音大的：{quiet} 对 {loud}。",
        "The loyal and quiet get more than the loud: {quiet} beside {loud}.",
    ),
    "loyal_as_the_loud": Name(
        "忠诚而安静的客户与声音大的客户得到的没有确实差别：{quiet} 对 {loud}。",
        "The loyal and quiet and the loud get alike as far as can be told: {quiet} beside {loud}.",
    ),
    "loyal_cannot_tell": Name(
        "可比的太少，说不准：忠诚而安静 {n} 件，声音大 {others} 件。",
        "Too few to compare: loyal and quiet {n}, loud {others}.",
    ),
    "by_loudness": Name("按声音大小", "By loudness"),
    "loudness": Name("声音大小", "Loudness"),
    "complained_before": Name("一年内投诉过", "Complained within the year before"),
    "public_channel": Name("公开渠道", "Public channel"),
    "by_tier": Name("按层级（投诉前一个月的资产）", "By tier (assets of the month before)"),
    "by_sex": Name("按性别", "By sex"),
    "sex": Name("性别", "Sex"),
    "female": Name("女", "Women"),
    "male": Name("男", "Men"),
    "by_age": Name("按年龄", "By age"),
    "age": Name("年龄", "Age"),
    "age_under_30": Name("30 岁以下", "Under 30"),
    "age_30_44": Name("30–44 岁", "30 to 44"),
    "age_45_59": Name("45–59 岁", "45 to 59"),
    "age_60_up": Name("60 岁及以上", "60 and over"),
    "by_channel": Name("按投诉渠道", "By channel of complaint"),
    "channel_code": Name("渠道", "Channel"),
    "by_branch": Name("按被投诉机构", "By branch complained of"),
    "more_often": Name("更常得到", "More often"),
    "less_often": Name("更少得到", "Less often"),
    "larger": Name("金额更大", "Larger amounts"),
    "smaller": Name("金额更小", "Smaller amounts"),
    "as_others": Name("未见差别", "No difference for sure"),
    "too_few_alike": Name("太少，说不准", "Too few to tell"),
    "passed_over": Name(
        "可能被亏待的忠诚客户（近一年）", "Loyal customers who may have been passed over (twelve months)"
    ),
    "passed_over_listed": Name(
        "{all} 件：忠诚而安静的客户什么也没得到，而同类投诉通常会得到；这里列出 {n} 件。请复核个案。",
        "Complaints of the loyal and quiet who got nothing where others alike usually get something: {all}; {n} are "
        "listed. Look at each case again.",
    ),
    "nobody_passed_over": Name("近一年没有这样的客户。", "Nobody in the last twelve months."),
    "received": Name("受理日期", "Received"),
    "cause": Name("原因", "Cause"),
    "alike_n": Name("同类投诉", "Others alike"),
    "alike_given": Name("其中得到让利", "Of them given something"),
    "alike_median": Name("让利中位数", "Median given"),
}
