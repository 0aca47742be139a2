"""Why customers leave (S24): one list of causes for what the data say and what the customer says, and coming back."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

#: The bank's own words for *why*. The post-mortem names one from data, the exit interview one from the customer, so
#: that the two can be set side by side. ``unknown`` is a cause: most of what drives people away is in no table.
LEAVING_CAUSES = {
    "better_rate_elsewhere": Name(zh="他行收益更高", en="A better rate elsewhere"),
    "bad_service": Name(zh="服务不满意", en="Bad service"),
    "job_change": Name(zh="换工作、停代发", en="A new job, salary paid elsewhere"),
    "matured_not_contacted": Name(zh="到期无人联系", en="Money matured and nobody called"),
    "family_moved_bank": Name(zh="家人转至他行", en="The family moved to another bank"),
    "too_many_contacts": Name(zh="打扰过多", en="Contacted too often"),
    "fading": Name(zh="逐渐少用", en="Used the bank less and less"),
    "unknown": Name(zh="原因不明", en="Unknown"),
}
EXIT_STATES = {"open": Name("待访谈", "To be asked"), "done": Name("已结束", "Ended")}
EXIT_RESULTS = {
    "told": Name("客户已说明", "Told us why"),
    "refused": Name("不愿谈", "Would not talk"),
    "not_reached": Name("三次未联系上", "Not reached in three tries"),
}
#: What follows from an interview: drawn for a call or held out, or why neither.
WIN_BACK_DECISIONS = {
    "treated": Name("安排赢回", "To be won back"),
    "held_out": Name("对照组，不联系", "Held out, not called"),
    "too_small": Name("金额不足", "Too little at stake"),
    "not_repairable": Name("原因无法改变", "The cause cannot be mended"),
    "no_consent": Name("未同意再联系", "No consent to a call"),
}
WIN_BACK_STATES = {
    "open": Name("待联系", "To be called"),
    "held_out": Name("对照组，不联系", "Held out, not called"),
    "done": Name("已结束", "Ended"),
}
WIN_BACK_RESULTS = {
    "promised": Name("答应回来", "Says they come back"),
    "declined": Name("谢绝", "Declined"),
    "not_reached": Name("三次未联系上", "Not reached in three tries"),
}
