"""Causes and what is done about them: where themes come from, how far an improvement is, what it is measured by."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

#: Where the words of a theme come from.
VOICE_SOURCES = {
    "survey": Name("调查答卷", "Survey answer"),
    "complaint": Name("投诉", "Complaint"),
    "case": Name("闭环个案", "Case"),
}
THEME_KINDS = {
    "words": Name("客户说的", "What customers say"),
    "lost": Name("客户为何流失", "Why customers left"),
}
THEME_CORRECTIONS = {
    "rename": Name("改名", "Renamed"),
    "merge": Name("合并", "Merged"),
    "phrase": Name("词语归类", "Phrase moved"),
    "text": Name("原话归类", "Words moved"),
}
IMPROVEMENT_KINDS = {
    "improvement": Name("改进", "Improvement"),
    "innovation": Name("惊叹创新", "Wow innovation"),
}
#: In the order in which one goes through them; it ends as kept or dropped.
IMPROVEMENT_STATES = {
    "proposed": Name("已提出", "Proposed"),
    "approved": Name("已批准", "Approved"),
    "running": Name("实施中", "Running"),
    "measured": Name("已测量", "Measured"),
    "kept": Name("已推广", "Kept"),
    "dropped": Name("已放弃", "Dropped"),
}
IMPROVEMENT_STEPS = {
    "proposed": Name("提出", "Proposed"),
    "asked": Name("提交审批", "Put up for approval"),
    "approved": Name("批准", "Approved"),
    "refused": Name("未获批准", "Not approved"),
    "running": Name("开始实施", "Begun"),
    "action": Name("安排措施", "Action set"),
    "done": Name("措施完成", "Action done"),
    "moved": Name("改期", "Action moved"),
    "handed_over": Name("更换负责人", "Handed over"),
    "measured": Name("记录测量结果", "Measurement taken"),
    "kept": Name("保留推广", "Kept"),
    "dropped": Name("放弃", "Dropped"),
}
FUNCTIONS = {
    "product": Name("产品", "Product"),
    "it": Name("科技", "IT"),
    "operations": Name("运营", "Operations"),
    "branch": Name("网点", "Branches"),
    "risk": Name("风险", "Risk"),
    "compliance": Name("合规", "Compliance"),
    "marketing": Name("市场", "Marketing"),
    "people": Name("人力", "People"),
}
IMPROVEMENT_ARMS = {
    "treated": Name("先行网点", "Where it starts"),
    "control": Name("对照网点", "Compared with"),
}
IMPROVEMENT_MEASURES = {
    "recommend": Name("净推荐值", "Net promoter score"),
    "satisfaction": Name("满意度", "Satisfaction"),
    "leaving": Name("提到该主题的客户流失", "Leaving of the theme's customers"),
    "adoption": Name("使用率", "Adoption"),
    "adopters": Name("使用者与相似非使用者的推荐分", "Recommendation of adopters and others alike"),
    "saving": Name("节省的服务成本", "Cost of contacts saved"),
}
MEASURED_VERDICTS = {
    "helped": Name("有改善", "It helped"),
    "hurt": Name("变差", "It hurt"),
    "no_difference_found": Name("未见差别", "No difference found"),
    "not_parallel": Name("此前走势不同，不能归因", "They were drifting apart before: it cannot be told"),
    "too_little_data": Name("数据太少，说不准", "Too little to tell"),
    "waiting": Name("时间未到", "Too early"),
    "told": Name("已测算", "Counted"),
}
