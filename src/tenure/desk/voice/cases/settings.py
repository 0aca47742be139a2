"""The bank's settings of cases: ``cases.toml`` in TENURE_HOME, every key with a default.

[customer]               # hours, nights and holidays too, until the customer is reached (S22)
warn = 18                # the owner is reminded
allow = 24               # the head is told
above = 48               # those above the head are told

[staff]                  # working hours until the case is closed, by calendar.toml
warn = 28
allow = 35
above = 70

[regulator]              # calendar days until a complaint is decided
warn = 12
allow = 15
above = 20

[words]
unhappy = ["投诉", "销户", "complain"]   # in an answer, whatever its score

[acknowledge]            # what to say at each step: also listen, cause, offer, agree, close
zh = "…"
en = "…"
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from tenure.desk.kit.bank_files import Expected, tables_in, whole
from tenure.desk.voice.cases.rules import CLOCKS, UNHAPPY, ClockTerms, Settings
from tenure.desk.voice.clocks import Kind
from tenure.errors import SetupError

SCRIPTS: dict[str, tuple[str, str]] = {
    "acknowledge": (
        "“您好，我是您的客户经理。看到您对这次办理不满意，先向您道歉，也谢谢您告诉我们。现在方便说几分钟吗？”不解释、不辩解，先让客户知道有人负责。",
        "“I am your manager. I saw that you were not happy with us; I am sorry, and thank you for telling us. Do you "
        "have a few minutes?” No explaining, no defending: they hear that somebody is responsible.",
    ),
    "listen": (
        "“请从头讲给我听。”不打断；复述一遍“我听到的是……对吗？”；再问“还有别的吗？”把原话记下来。",
        "“Please tell me from the beginning.” Do not interrupt; say it back: “What I hear is … is that right?” Then: "
        "“Is there anything else?” Write down their words.",
    ),
    "cause": (
        "问三遍“为什么会这样”，直到说的是我们的做法而不是某个人。一线改不了的原因也要照实写。",
        "Ask three times why it could happen, until it names what we do and not who did it. Name the cause even where "
        "the front line cannot mend it.",
    ),
    "offer": (
        "先问“您觉得怎样才算合理？”再提方案：纠正什么、补偿什么、何时做完。只承诺做得到的。",
        "First ask: “What would be fair to you?” Then offer: what is put right, what is made good, by when. Promise "
        "only what will be kept.",
    ),
    "agree": (
        "“这样处理，您觉得可以吗？”得到明确的“可以”才算；不可以，就再谈一次。",
        "“Is this right for you?” Only a clear yes counts; otherwise talk again.",
    ),
    "close": (
        "做完了再办结。给客户打个电话：“答应您的事已经办好了。”写下做了什么，别人能照着查。",
        "Close it once it is done. Call: “What I promised is done.” Write down what was done so that others can check.",
    ),
}


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1000


_WORDS: Expected = (_are_words, 'a list of words: ["投诉", "complain"]')
_TEXT: Expected = (_is_text, "1 to 1,000 characters")
_TABLES: dict[str, dict[str, Expected]] = {
    **{name: dict.fromkeys(("warn", "allow", "above"), whole(1, 2000)) for name in CLOCKS},
    "words": {"unhappy": _WORDS},
    **{step: {"zh": _TEXT, "en": _TEXT} for step in SCRIPTS},
}


def in_use() -> Settings:
    """The settings of this installation."""
    return settings_of(Path(settings.HOME))


@cache
def settings_of(home: Path) -> Settings:
    """The bank's settings: the defaults, changed by ``cases.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such key, a value it cannot have, or times that are not in order.
    """
    path = home / "cases.toml"
    told = tables_in(path, _TABLES)
    return Settings(
        clocks={name: _terms(path, name, usual, told.get(name, {})) for name, usual in CLOCKS.items()},
        unhappy=tuple(told.get("words", {}).get("unhappy", UNHAPPY)),
        scripts={
            step: (told.get(step, {}).get("zh", zh), told.get(step, {}).get("en", en))
            for step, (zh, en) in SCRIPTS.items()
        },
    )


def _terms(path: Path, name: str, usual: ClockTerms, told: dict[str, int]) -> ClockTerms:
    unit = 1440 if usual.counts is Kind.DAYS else 60
    warn, allow, above = (
        told[key] * unit if key in told else default
        for key, default in zip(("warn", "allow", "above"), usual.levels, strict=True)
    )
    if not warn < allow < above:
        raise SetupError(f"{path}: [{name}] warns after it has run out.", "Write warn < allow < above.")
    return ClockTerms(usual.counts, allow, (warn, allow, above))
