"""Signs of begging or picking in words: for the auditor, and careful."""

from tenure.contracts.codes import Name

TITLE = Name("评价真实性", "Whether marks are genuine")
MEANS = Name(
    "供审计核查：哪些机构的回复看上去像是索要来的，或只挑了满意的客户。看四个迹象（最近十二个月）："
    "柜面评分比本机构客户在其他时刻的评分高出太多；客户还在柜台前就已回复（询问后 90 秒内）；"
    "回复挤在一起，超出本机构业务量应有的程度；听到的客户按已知情况本来就比没听到的更满意。"
    "每家机构都与其他机构之间本来的差别相比，所有机构、所有迹象合在一起检验："
    "若无人索要好评，一夜之间有任何机构被列出的概率不超过约 5 %。",
    "For audit: at which branches answers look asked for, or only the pleased were asked. Four signs of the last twelve "
    "months: marks at the counter far above what the same branch's customers say elsewhere; answers within 90 seconds of "
    "the question, while the customer still stands there; answers closer together than the branch's own traffic brings "
    "about; and customers heard who, by what is known of them, should be more pleased than those not heard. A branch is "
    "held against how far the others differ among themselves, all branches and signs as one test: where nobody begs, "
    "about one night in twenty names anybody at all.",
)
NOT = Name(
    "迹象不是证据，更不是结论：新装修的网点、一位出色的柜员、自助机旁的志愿者都可能造成同样的数字。先核实再用，"
    "不用于排名，不用于对个人的考核；本页只有审计人员能看到。系统不记录设备，扫码回复从不与手机或客户对应，因此不看“同一设备”。",
    "A sign is no proof and no verdict: a new hall, one outstanding teller or a volunteer beside the machines may bring "
    "about the same figures. Look into it first; it ranks nobody and judges no person, and only auditors see this page. "
    "No device is recorded and an answer by a code to scan is never tied to a telephone or a customer, so “one device, "
    "many answers” is not looked for.",
)
WORDS: dict[str, Name] = {
    "signs": Name("迹象", "Signs"),
    "signs_none": Name(
        "没有机构超出其他机构之间本来的差别。", "No branch stands out beyond how far the others differ."
    ),
    "signs_found": Name("{n} 家机构有迹象，请先核实。", "Branches with signs to look into: {n}."),
    "signs_found_bank": Name(
        "{n} 家机构有迹象，请先核实。去掉这些机构的柜面回复，全行 NPS 由 {with} 变为 {without}。",
        "Branches with signs to look into: {n}. Without their answers at the counter the bank's NPS goes from {with} to "
        "{without}.",
    ),
    "branches_with_signs": Name("有迹象的机构", "Branches with signs"),
    "looked_jump": Name("比较过柜面落差的机构", "Looked at for a jump"),
    "looked_at_once": Name("比较过即时回复的机构", "Looked at for answers at once"),
    "looked_bursts": Name("比较过扎堆回复的机构", "Looked at for bursts"),
    "looked_silent_gap": Name("比较过未回复者的机构", "Looked at for the gap to the silent"),
    "signs_found_at": Name("需核实的机构", "To look into"),
    "sign": Name("迹象", "Sign"),
    "sign_jump": Name("柜面评分远高于其他时刻", "Marks jump at the counter"),
    "sign_at_once": Name("客户还在柜台前就已回复", "Answered while still at the counter"),
    "sign_bursts": Name("回复扎堆", "Answers in bursts"),
    "sign_silent_gap": Name("听到的客户本来就更满意", "The heard should be more pleased than the silent"),
    "errors_beyond": Name("超出其他机构（标准误的倍数）", "Beyond the others (in standard errors)"),
    "signs_by_branch": Name("各机构", "Every branch"),
    "jump": Name("柜面 NPS 减其他时刻", "NPS at the counter less elsewhere"),
    "at_once": Name("90 秒内回复", "Answered within 90 seconds"),
    "bursts": Name("两分钟内紧接上一份", "Within two minutes of the one before"),
    "silent_gap": Name("较沉默者高（分）", "Above the silent (points of 10)"),
    "stands_out": Name("需核实", "Look into it"),
    "usual": Name("未见异常", "Nothing unusual"),
    "asked_words": Name("客户说员工要求打高分", "Customers who write that marks were asked for"),
    "asked_counted": Name(
        "近十二个月有 {n} 份原话提到员工要求打高分，涉及 {branches} 家机构。其他页面不显示这些原话的归类。",
        "In twelve months words that say that marks were asked for: {n}, at branches: {branches}. No other page sorts these "
        "words.",
    ),
    "verbatims": Name("原话数", "Verbatims"),
    "asked": Name("其中提到要求打分", "Of them asked for marks"),
    "asked_share": Name("占比", "Share"),
    "asked_examples": Name("最近的原话", "The newest words"),
    "words": Name("原话", "Words"),
    "newest": Name("日期", "Date"),
    "not_looked_at": Name("回复太少，未比较", "Too few answers to look at"),
}
