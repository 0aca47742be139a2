"""Panels of customers who test products (S33): how far a panel and each of its customers has come."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

#: In the order in which one goes through them; it ends as closed or dropped.
PANEL_STATES = {
    "planned": Name("筹备", "Planned"),
    "approved": Name("已批准", "Approved"),
    "open": Name("进行中", "Open"),
    "closed": Name("已结束", "Closed"),
    "dropped": Name("已取消", "Dropped"),
}
#: Everybody eligible when the order was drawn: not invited (the control), or how far their invitation has come.
PANEL_MEMBER_STATES = {
    "held_out": Name("未抽中", "Not drawn"),
    "waiting": Name("待发邀请", "Waiting to be invited"),
    "sent": Name("已邀请", "Invited"),
    "opened": Name("已打开", "Opened the invitation"),
    "accepted": Name("参加", "Takes part"),
    "declined": Name("谢绝", "Declined"),
    "expired": Name("未答复", "Did not answer"),
    "bounced": Name("未送达", "Not reached"),
    "withdrawn": Name("已退出", "Withdrew"),
}
PANEL_SESSION_WAYS = {
    "branch": Name("网点", "At a branch"),
    "video": Name("视频", "By video"),
    "phone": Name("电话", "By phone"),
    "home": Name("在家试用", "Tried at home"),
}
PANEL_ATTENDANCE = {
    "attended": Name("已参加", "Took part"),
    "absent": Name("未到", "Did not come"),
}
PANEL_FEEDBACK_SOURCES = {
    "customer": Name("客户自己填写", "Written by the customer"),
    "staff": Name("员工记录", "Noted by staff"),
}
PANEL_OUTCOMES = {
    "taken_up": Name("已采纳", "Taken up"),
    "not_taken_up": Name("未采纳", "Not taken up"),
}
#: How a participant was told what came of their feedback.
PANEL_TOLD = {
    "message": Name("消息", "By message"),
    "call": Name("电话", "By phone"),
    "in_person": Name("当面", "In person"),
}
