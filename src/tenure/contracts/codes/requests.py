"""What people ask about their own data."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

#: What a person may ask about their own data (PIPL 24, 44–50).
REQUEST_KINDS = {
    "copy": Name("查阅、复制", "Copy of the data"),
    "correct": Name("更正、补充", "Correction"),
    "erase": Name("删除", "Erasure"),
    "explain": Name("对决定作出说明", "Explanation of a decision"),
    "stop": Name("停止个性化营销", "No personalised marketing"),
}
REQUEST_STATES = {
    "open": Name("待处理", "Open"),
    "checking": Name("待复核", "Waits for approval"),
    "doing": Name("处理中", "Being done"),
    "done": Name("待答复", "To be answered"),
    "answered": Name("已答复", "Answered"),
}
REQUEST_OUTCOMES = {
    "granted": Name("已办理", "Granted"),
    "partly": Name("部分办理", "Granted in part"),
    "refused": Name("不予办理", "Refused"),
}
REQUEST_ASKERS = {
    "person": Name("本人", "The person"),
    "guardian": Name("监护人", "A guardian"),
    "agent": Name("受托人", "An agent with a power of attorney"),
    "relative": Name("逝者近亲属", "A close relative of the deceased"),
}
IDENTITY_CHECKS = {
    "certificate": Name("核验证件原件", "Identity card seen"),
    "signed_in": Name("手机银行登录认证", "Signed in to the app"),
    "callback": Name("回拨预留电话", "Called back on the number on file"),
    "notarised": Name("公证文书", "Notarised paper"),
}
