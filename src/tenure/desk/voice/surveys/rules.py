"""What a survey is made of: its kinds, its states and which follows which. Pure: no database, no clock of its own."""

from __future__ import annotations

from tenure.contracts.codes import Name

#: Kinds of surveys; the first three measure one thing after one moment, a questionnaire whatever it asks.
KINDS: dict[str, Name] = {
    "nps": Name("推荐意愿（NPS）", "Recommendation (NPS)"),
    "csat": Name("满意度（CSAT）", "Satisfaction (CSAT)"),
    "effort": Name("费力度（CES）", "Effort (CES)"),
    "questionnaire": Name("问卷", "Questionnaire"),
}
#: What a survey of a kind must measure.
MEASURED = {"nps": "recommend", "csat": "satisfaction", "effort": "effort"}

DRAFT, LIVE, PAUSED, CLOSED = "draft", "live", "paused", "closed"
STATES: dict[str, Name] = {
    DRAFT: Name("草稿", "Draft"),
    LIVE: Name("进行中", "Live"),
    PAUSED: Name("已暂停", "Paused"),
    CLOSED: Name("已结束", "Closed"),
}

#: Ways a customer can be asked.
CHANNELS: dict[str, Name] = {
    "sms": Name("短信", "Text message"),
    "wechat": Name("微信", "WeChat"),
    "email": Name("电子邮件", "E-mail"),
    "webhook": Name("本行渠道", "The bank's own channel"),
}
#: Asked at the counter by a code to scan; no invitation is sent.
COUNTER = "counter"

#: What became of an occasion: asked, or why not.
DRAWN, NOT_DRAWN, FATIGUE, NO_CONSENT, QUOTA, NO_CHANNEL = (
    "drawn", "not_drawn", "fatigue", "no_consent", "quota", "no_channel",
)  # fmt: skip
OUTCOMES: dict[str, Name] = {
    DRAWN: Name("已抽中", "Drawn"),
    NOT_DRAWN: Name("未抽中", "Not drawn"),
    QUOTA: Name("超出本月名额", "Above the month's quota"),
    FATIGUE: Name("近期已受访", "Asked lately"),
    NO_CONSENT: Name("未同意体验改进", "No consent"),
    NO_CHANNEL: Name("无可用渠道", "No way to reach them"),
}
#: Outcomes of those who could have been asked: the frame against which answers are weighed.
COULD_BE_ASKED = (DRAWN, NOT_DRAWN, QUOTA)

WAITING, SENT, OPENED, ANSWERED, EXPIRED, BOUNCED = "waiting", "sent", "opened", "answered", "expired", "bounced"
INVITATION_STATES: dict[str, Name] = {
    WAITING: Name("待发送", "Waiting to be sent"),
    SENT: Name("已发送", "Sent"),
    OPENED: Name("已打开", "Opened"),
    ANSWERED: Name("已回复", "Answered"),
    EXPIRED: Name("已过期", "Expired"),
    BOUNCED: Name("未送达", "Bounced"),
}
#: In these states a link may still be opened.
OPEN_STATES = (WAITING, SENT, OPENED)

PARTIAL, COMPLETE = "partial", "complete"

NAME_LENGTH, REASON_LENGTH, WORDS_LENGTH = 80, 500, 2000
#: The longest words the lake takes of one answer: several questions in words are kept together.
ALL_WORDS_LENGTH = 4000
MOST_VALID_DAYS = 60


def may_become(state: str, wanted: str) -> bool:
    """Whether a survey may be taken from ``state`` to ``wanted`` by hand; going live the first time needs approval."""
    return (state, wanted) in {(LIVE, PAUSED), (PAUSED, LIVE), (LIVE, CLOSED), (PAUSED, CLOSED), (DRAFT, CLOSED)}
