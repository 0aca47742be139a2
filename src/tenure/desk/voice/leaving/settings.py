"""The bank's settings of exit interviews and winning back: ``leaving.toml`` in TENURE_HOME, every key with a default.

[interview]
fresh_months = 2         # losses of so many closed months are asked about; older ones nobody remembers
due_days = 7

[win_back]
minimum = 5000000        # average assets of the year before, in minor units (fen)
held_out_percent = 30    # of those worth it, drawn by the server and not called, so that the effect can be told
repairable = ["better_rate_elsewhere", "bad_service"]   # causes the bank can do something about

[better_rate_elsewhere]  # what to do about a cause; also for every other cause
zh = "…"
en = "…"
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from tenure.contracts import codes
from tenure.desk.kit.bank_files import Expected, tables_in, whole
from tenure.desk.voice.leaving.rules import REPAIRABLE, Settings

PLAYS: dict[str, tuple[str, str]] = {
    "better_rate_elsewhere": (
        "先问清他行的产品、期限和费用，算成同口径的到手收益；拿得出更好的才谈，拿不出就实说，约定利率变动时再联系。",
        "Ask for product, term and fees there and work out what is left on the same footing; offer only what "
        "is better, otherwise say so and agree to call when rates move.",
    ),
    "bad_service": (
        "由负责人出面：说清当时发生了什么、已经改了什么；把改了的办给客户看，再谈业务。",
        "Somebody in charge calls: what happened, what was changed since; show the change before any business.",
    ),
    "job_change": (
        "问新单位的代发安排；可转回工资卡的，说明办法与好处。",
        "Ask how the new employer pays; show how the salary can come back.",
    ),
    "matured_not_contacted": (
        "承认到期时没有人联系；说明今后到期前七天由谁来电，再谈这笔钱现在的去处。",
        "Own up that nobody called when it matured; say who will call a week before from now on, then talk "
        "of the money.",
    ),
    "family_moved_bank": (
        "了解家里人的打算，别劝分家；能一起服务的，请全家人一起谈。",
        "Learn what the family wants; never divide it. Invite them together.",
    ),
    "too_many_contacts": (
        "先致歉，当场登记减少联系的方式和次数，写明谁也不再推销；客户主动时再谈。",
        "Apologise, note at once how and how often they want to hear from us; sell nothing until they ask.",
    ),
    "fading": (
        "问清什么事在别处办更顺手，帮客户把一件常办的事搬回来，从一件做起。",
        "Ask what is easier elsewhere; bring one everyday thing back, and start with that.",
    ),
    "unknown": (
        "先听，不猜原因，不带方案。",
        "Listen first; guess no reason and bring no offer.",
    ),
}


def _are_causes(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(one in codes.LEAVING_CAUSES for one in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 1000


_TEXT: Expected = (_is_text, "1 to 1,000 characters")
_TABLES: dict[str, dict[str, Expected]] = {
    "interview": {"fresh_months": whole(1, 12), "due_days": whole(1, 60)},
    "win_back": {
        "minimum": whole(0, 10**15),
        "held_out_percent": whole(1, 99),
        "repairable": (_are_causes, f"a list of causes: {', '.join(codes.LEAVING_CAUSES)}"),
    },
    **{cause: {"zh": _TEXT, "en": _TEXT} for cause in codes.LEAVING_CAUSES},
}


def in_use() -> Settings:
    """The settings of this installation."""
    return settings_of(Path(settings.HOME))


@cache
def settings_of(home: Path) -> Settings:
    """The bank's settings: the defaults, changed by ``leaving.toml`` in ``home`` where there is one.

    Raises:
        SetupError: the file names no such key, or a value it cannot have.
    """
    told = tables_in(home / "leaving.toml", _TABLES)
    given = {**told.get("interview", {}), **told.get("win_back", {})}
    given["repairable"] = tuple(given.get("repairable", REPAIRABLE))
    plays = {c: (told.get(c, {}).get("zh", zh), told.get(c, {}).get("en", en)) for c, (zh, en) in PLAYS.items()}
    return Settings(**given, plays=plays)
