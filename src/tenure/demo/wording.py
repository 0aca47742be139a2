"""Pools of words that transactions point into: names of others, their banks, memos."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenure.demo import names, phrases
from tenure.demo.chance import stream
from tenure.demo.organisation import BANK
from tenure.demo.places import OTHER_BANKS

_MEMOS = {
    "salary": "代发工资",
    "bonus": "代发年终奖",
    "pension": "养老金",
    "shopping": "消费",
    "transfer": "转账",
    "bill": "生活缴费",
    "school": "学费",
    "cash_out": "取现",
    "cash_in": "存现",
    "mortgage": "房贷还款",
    "loan": "贷款还款",
    "drawdown": "贷款发放",
    "card": "信用卡还款",
    "to_term": "活期转定期",
    "matured": "定期到期转活期",
    "interest": "结息",
    "buy": "申购",
    "sell": "赎回到账",
    "own_in": "本人他行转入",
    "own_out": "转出至本人他行账户",
    "opening": "开户存入",
    "closing": "销户",
    "family": "家用",
    "owner": "分红",
    "goods": "货款",
    "receipt": "经营收款",
    "tax": "税款",
    "fee": "账户管理费",
    "wedding": "礼金",
    "house": "购房首付",
    "inheritance": "继承款",
    "demolition": "拆迁补偿款",
    "annual_fee": "信用卡年费",
    "decoration": "装修款",
    "estate": "遗产支取",
}
MEMO = {k: i for i, k in enumerate(_MEMOS)}
MEMOS = tuple(_MEMOS.values())
BANKS = (BANK, *OTHER_BANKS)

_GROUPS: dict[str, list[str]] = {
    "biller": list(phrases.BILLERS),
    "school": list(phrases.SCHOOLS),
    "payer": list(phrases.PAYERS_ELSEWHERE),
    "public": list(phrases.PUBLIC),
}


def shops(rng: np.random.Generator, spans: dict[str, tuple[int, int]], fen: NDArray[np.int64]) -> NDArray[np.int64]:
    """A shop for each amount, of a kind where one spends as much."""
    tier = np.searchsorted(phrases.MERCHANT_LIMITS, fen / 100)
    edges = np.array([spans[f"merchant{t}"] for t in range(len(phrases.MERCHANTS))])
    low, high = edges[tier, 0], edges[tier, 1]
    return low + (rng.random(len(fen)) * (high - low)).astype(np.int64)


def name_pool(seed: int) -> tuple[list[str], dict[str, tuple[int, int]]]:
    """All names of others outside the bank, and where each group begins and ends."""
    rng = stream(seed, "others")
    male = rng.random(3000) < 0.5
    given = names.draw_given(rng, male, rng.integers(1950, 2004, 3000))
    surname = names.draw_surnames(rng, 3000)
    groups = {f"merchant{tier}": line.split() for tier, line in enumerate(phrases.MERCHANTS)} | _GROUPS
    groups["person"] = [names.SURNAMES[s] + names.GIVEN[g] for s, g in zip(surname, given, strict=True)]
    groups["firm"] = [f"成都{w}商贸有限公司" for w in dict.fromkeys(names.GIVEN[i] for i in range(0, 400, 3))]
    pool: list[str] = []
    spans = {}
    for group, members in groups.items():
        spans[group] = (len(pool), len(pool) + len(members))
        pool += members
    return pool, spans
