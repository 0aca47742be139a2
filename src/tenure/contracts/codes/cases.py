"""The closed loop: where a case comes from, how far it has come, why the customer was unhappy (S22, S23)."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

CASE_SOURCES = {
    "survey": Name("调查答卷", "Survey answer"),
    "words": Name("客户原话", "The customer's words"),
    "signal": Name("商机信号", "Signal"),
    "complaint": Name("投诉", "Complaint"),
    "hand": Name("人工登记", "Noted by hand"),
}
#: In the order in which a case goes through them.
CASE_STATES = {
    "open": Name("待联系", "To be called"),
    "acknowledged": Name("已致歉", "Acknowledged"),
    "listening": Name("已倾听", "Heard"),
    "cause": Name("已找到原因", "Cause named"),
    "offer": Name("已提方案", "Offer made"),
    "agreed": Name("客户认可", "Agreed"),
    "closed": Name("已办结", "Closed"),
}
#: The six common causes of S23, and what goes wrong on any day.
CASE_CAUSES = {
    "no_value": Name("只有问候，没有价值", "Greetings only, no value"),
    "closed_doors": Name("闭门造产品", "Products made behind closed doors"),
    "arrogance": Name("谈判中店大欺客", "Arrogance in negotiation"),
    "standard_service": Name("对需要定制的客户给标准服务", "Standard service where a tailored one was needed"),
    "milking": Name("短期榨取，抬高客户成本", "Short-term milking that raises the customer's cost"),
    "paper_only": Name("“客户至上”停在纸上", "“Customer first” on paper only"),
    "waiting": Name("等候太久", "Waited too long"),
    "mistake": Name("办错业务", "A mistake was made"),
    "promise": Name("承诺没有兑现", "A promise was not kept"),
    "system": Name("系统或设备故障", "System or machine failed"),
    "other": Name("其他", "Something else"),
}
CASE_RESULTS = {
    "repaired": Name("已修复", "Repaired"),
    "not_agreed": Name("未达成一致", "No agreement reached"),
    "not_reached": Name("联系不上客户", "Customer not reached"),
}
CASE_CLOCKS = {
    "customer": Name("客户时钟", "Customer's clock"),
    "staff": Name("员工时钟", "Staff's clock"),
    "regulator": Name("监管时钟", "Regulator's clock"),
}
CASE_PAUSES = {
    "customer_asked": Name("客户要求稍后", "The customer asked for later"),
    "papers": Name("等客户补材料", "Waits for the customer's papers"),
    "third_party": Name("等第三方答复", "Waits for somebody outside the bank"),
}
CASE_STEPS = {
    "opened": Name("立案", "Opened"),
    "tried": Name("未联系上", "Not reached"),
    "acknowledged": Name("致歉并确认", "Acknowledged"),
    "heard": Name("倾听记录", "Heard"),
    "cause": Name("找到原因", "Cause named"),
    "offered": Name("提出方案", "Offer made"),
    "agreed": Name("客户认可", "Agreed"),
    "refused": Name("客户未认可", "Not agreed"),
    "closed": Name("办结", "Closed"),
    "paused": Name("时钟暂停", "Clocks stopped"),
    "resumed": Name("时钟恢复", "Clocks run again"),
    "handed_over": Name("转交", "Handed over"),
    "recused": Name("回避", "Stood aside"),
    "extended": Name("获准延期", "Given more time"),
    "reopened": Name("重新打开", "Opened again"),
    "arrived": Name("再次来诉", "Complained again of the same"),
    "split": Name("拆分另办", "Taken apart again"),
    "coded": Name("分类编码", "Coded"),
    "subject": Name("更改被投诉对象", "Subject changed"),
    "conceded": Name("让利", "Concession"),
    "letter": Name("书面函件", "Letter"),
    "warned": Name("临期提醒", "Warned before the time was up"),
    "escalated": Name("逾期上报", "Told those above"),
}
#: How a time that a complaint came in stands to the complaint.
ARRIVAL_STANDINGS = {
    "first": Name("首次来诉", "First"),
    "waiting": Name("疑似重复，待确认", "Maybe the same, to be decided"),
    "joined": Name("同一事项", "The same matter"),
}
CONCESSION_KINDS = {
    "fee_refund": Name("退还费用", "Fee given back"),
    "points": Name("积分", "Points"),
    "compensation": Name("补偿", "Compensation"),
}
CONCESSION_STATES = {
    "given": Name("已给予", "Given"),
    "waiting": Name("待审批", "Waits for approval"),
    "refused": Name("未批准", "Not approved"),
}
LETTER_KINDS = {
    "received": Name("受理告知书", "Acknowledgement"),
    "extended": Name("延期告知书", "Notice of more time"),
    "papers": Name("补充材料通知", "Request for papers"),
    "decided": Name("处理结果告知书", "Decision"),
}
