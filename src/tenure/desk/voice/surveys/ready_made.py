"""Surveys to start from, one of each kind, in both languages. Pure content, checked like what people make."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def _two(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _question(name: str, kind: str, text: dict[str, str], **rest: Any) -> dict[str, Any]:
    usual = {
        "measures": "",
        "required": False,
        "options": [],
        "low": _two("", ""),
        "high": _two("", ""),
        "show_if": None,
    }
    return {"id": name, "kind": kind, "text": text, **usual, **rest}


def _option(name: str, zh: str, en: str) -> dict[str, str]:
    return {"id": name, "zh": zh, "en": en}


_THANKS = _two(
    "谢谢您。我们会认真看每一条意见；如有不满，客户经理将在一个工作日内与您联系。",
    "Thank you. We read every answer; if something went wrong, we will be in touch within a working day.",
)
#: Said to whom nobody can call back: an anonymous answer, or one by a counter's code.
THANKS_OF_UNKNOWN = _two("谢谢您。我们会认真看每一条意见。", "Thank you. We read every answer.")
_CAUSES = [
    _option("waiting", "等候时间", "The wait"),
    _option("attitude", "服务态度", "How I was treated"),
    _option("knowledge", "业务能力", "How well they knew the business"),
    _option("procedure", "手续繁琐", "The paperwork"),
    _option("price", "价格或收益", "Price or return"),
    _option("app", "手机银行", "The app"),
    _option("other", "其他", "Something else"),
]

NPS: dict[str, Any] = {
    "title": _two("两个问题，一分钟", "Two questions, one minute"),
    "welcome": _two("您刚在我行办理了业务，想听听您的真实感受。", "You have just been with us; tell us how it was."),
    "thanks": _THANKS,
    "questions": [
        _question(
            "recommend",
            "scale",
            _two("您有多大可能向亲友推荐我行？", "How likely are you to recommend us to family and friends?"),
            measures="recommend",
            required=True,
            low=_two("完全不可能", "Not at all likely"),
            high=_two("非常可能", "Extremely likely"),
        ),
        _question("why", "words", _two("您打这个分数的主要原因是什么？", "What is the main reason for your score?")),
    ],
}
CSAT: dict[str, Any] = {
    "title": _two("您对这次服务满意吗？", "Were you satisfied with us this time?"),
    "welcome": _two("", ""),
    "thanks": _THANKS,
    "questions": [
        _question(
            "satisfaction",
            "scale",
            _two("总体来说，您对这次服务满意吗？", "All in all, how satisfied were you this time?"),
            measures="satisfaction",
            required=True,
            low=_two("很不满意", "Very dissatisfied"),
            high=_two("非常满意", "Very satisfied"),
        ),
        _question(
            "cause",
            "several",
            _two("哪些方面让您不满意？", "What was not good?"),
            options=_CAUSES,
            show_if={"question": "satisfaction", "in": ["1", "2", "3"]},
        ),
        _question("words", "words", _two("还有什么想告诉我们？", "Anything else you want to tell us?")),
    ],
}
EFFORT: dict[str, Any] = {
    "title": _two("办这件事费劲吗？", "Was it easy?"),
    "welcome": _two("", ""),
    "thanks": _THANKS,
    "questions": [
        _question(
            "effort",
            "scale",
            _two("这次办成事情，您费了多大力气？", "How much effort did it take you to get this done?"),
            measures="effort",
            required=True,
            low=_two("毫不费力", "No effort at all"),
            high=_two("非常费力", "A great deal"),
        ),
        _question(
            "where",
            "single",
            _two("哪一步最费力？", "Where was it hardest?"),
            options=[
                _option("finding", "找到怎么办", "Finding out how"),
                _option("papers", "准备材料", "The papers"),
                _option("waiting", "等候", "Waiting"),
                _option("again", "反复跑或反复打电话", "Coming or calling again"),
                _option("other", "其他", "Somewhere else"),
            ],
            show_if={"question": "effort", "in": ["4", "5", "6", "7"]},
        ),
        _question(
            "words",
            "words",
            _two("怎样能让您更省力？", "What would have made it easier?"),
            show_if={"question": "effort", "in": ["4", "5", "6", "7"]},
        ),
    ],
}
#: A wider questionnaire: satisfaction and loyalty are two things, so both are asked (S19).
QUESTIONNAIRE: dict[str, Any] = {
    "title": _two("客户满意度调查", "How we are doing"),
    "welcome": _two(
        "约两分钟。您的回答只用于改进服务。", "About two minutes. Your answers serve to improve our service."
    ),
    "thanks": _THANKS,
    "questions": [
        CSAT["questions"][0],
        NPS["questions"][0],
        _question(
            "main_bank",
            "single",
            _two("您最常用的银行是我行吗？", "Are we the bank you use most?"),
            options=[
                _option("yes", "是", "Yes"),
                _option("no", "不是", "No"),
                _option("even", "差不多", "About the same"),
            ],
        ),
        _question(
            "elsewhere",
            "several",
            _two("您在其他银行主要办理什么？", "What do you do with the other bank?"),
            options=[
                _option("salary", "代发工资", "Salary"),
                _option("saving", "存款", "Saving"),
                _option("investing", "理财", "Investing"),
                _option("borrowing", "贷款", "Borrowing"),
                _option("paying", "日常支付", "Paying"),
            ],
            show_if={"question": "main_bank", "in": ["no", "even"]},
        ),
        _question("words", "words", _two("您最希望我们改进什么？", "What should we do better first?")),
    ],
}
#: What a customer is welcomed with after each moment: who was asked by the calendar has not just been served.
_WELCOMES = {
    "product_opened": _two(
        "您刚在我行开户或购买了产品，想听听您的真实感受。",
        "You have just taken something up with us; tell us how it was.",
    ),
    "complaint_closed": _two(
        "您的投诉已办结，想听听您的真实感受。", "Your complaint has been closed; tell us how we handled it."
    ),
    "app_used": _two("您刚使用了手机银行，想听听您的真实感受。", "You have just used our app; tell us how it was."),
    "loan_decided": _two(
        "您的贷款申请刚有结果，想听听您的真实感受。", "We have just decided on your loan; tell us how it was."
    ),
    "periodic": _two("想听听您对我行的真实感受。", "Tell us how you find us."),
    "case_closed": _two(
        "您反映的问题我们已处理，想听听您的真实感受。", "We have dealt with what you told us; tell us how it went."
    ),
}
#: By the calendar it is asked about the bank, not about “this time”: titles by kind, questions by what they measure.
_PERIODIC_TITLES = {
    "nps": _two("您怎么看我行？两个问题", "How do you find us? Two questions"),
    "csat": _two("您对我行满意吗？", "Are you satisfied with us?"),
    "effort": _two("在我行办事费劲吗？", "Is it easy to get things done with us?"),
}
_PERIODIC_QUESTIONS = {
    "satisfaction": _two("总体来说，您对我行满意吗？", "All in all, how satisfied are you with us?"),
    "effort": _two(
        "在我行办事，您通常要费多大力气？", "How much effort does it usually take you to get things done with us?"
    ),
}
_BY_KIND = {"nps": NPS, "csat": CSAT, "effort": EFFORT, "questionnaire": QUESTIONNAIRE}


def content_for(kind: str, moment: str = "counter_service", *, anonymous: bool = False) -> dict[str, Any]:
    """A copy of the ready-made content of a kind, worded for its ``moment``; where it is ``anonymous``, it promises no
    call that none can make."""
    content = deepcopy(_BY_KIND[kind])
    if kind == "nps" and moment in _WELCOMES:
        content["welcome"] = dict(_WELCOMES[moment])
    if moment == "periodic":
        content["title"] = dict(_PERIODIC_TITLES.get(kind, content["title"]))
        for question in content["questions"]:
            question["text"] = dict(_PERIODIC_QUESTIONS.get(question["measures"], question["text"]))
    if anonymous:
        content["thanks"] = dict(THANKS_OF_UNKNOWN)
    return content
