"""Codes of listening to customers: surveys, whom they ask, and what became of it."""

from tenure.contracts.codes.name import Name

#: The first three measure one thing after one moment, a questionnaire whatever it asks.
SURVEY_KINDS: dict[str, Name] = {
    "nps": Name("推荐意愿（NPS）", "Recommendation (NPS)"),
    "csat": Name("满意度（CSAT）", "Satisfaction (CSAT)"),
    "effort": Name("费力度（CES）", "Effort (CES)"),
    "questionnaire": Name("问卷", "Questionnaire"),
}
SURVEY_STATES: dict[str, Name] = {
    "draft": Name("草稿", "Draft"),
    "live": Name("进行中", "Live"),
    "paused": Name("已暂停", "Paused"),
    "closed": Name("已结束", "Closed"),
}
#: Ways a customer can be asked.
SURVEY_CHANNELS: dict[str, Name] = {
    "sms": Name("短信", "Text message"),
    "wechat": Name("微信", "WeChat"),
    "email": Name("电子邮件", "E-mail"),
    "webhook": Name("本行渠道", "The bank's own channel"),
}
#: What became of an occasion: asked, or why not.
SURVEY_OUTCOMES: dict[str, Name] = {
    "drawn": Name("已抽中", "Drawn"),
    "not_drawn": Name("未抽中", "Not drawn"),
    "quota": Name("超出本月名额", "Above the month's quota"),
    "fatigue": Name("近期已受访", "Asked lately"),
    "no_consent": Name("未同意体验改进", "No consent"),
    "no_channel": Name("无可用渠道", "No way to reach them"),
}
INVITATION_STATES: dict[str, Name] = {
    "waiting": Name("待发送", "Waiting to be sent"),
    "sent": Name("已发送", "Sent"),
    "opened": Name("已开始作答", "Begun"),
    "answered": Name("已回复", "Answered"),
    "expired": Name("已过期", "Expired"),
    "bounced": Name("未送达", "Bounced"),
}
QUESTION_KINDS: dict[str, Name] = {
    "scale": Name("打分", "Scale"),
    "single": Name("单选", "One of several"),
    "several": Name("多选", "Several of them"),
    "words": Name("文字", "Words"),
}
SURVEY_MEASURES: dict[str, Name] = {
    "recommend": Name("推荐意愿 0–10", "Likelihood to recommend, 0–10"),
    "satisfaction": Name("满意度 1–5", "Satisfaction, 1–5"),
    "effort": Name("费力度 1–7", "Effort, 1–7"),
}
