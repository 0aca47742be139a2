"""Verbatims made up from parts, so that themes and labels are known."""

from __future__ import annotations

import random

SUBJECTS = {
    "登录": ("验证码", "超时"),
    "转账": ("限额", "手续费"),
    "排队": ("窗口", "叫号"),
    "理财": ("收益", "到期"),
}
OPENINGS = "昨天 上周 我家 老人 刚才 网点 这里 周末 单位 晚上 月底 城东".split()  # noqa: SIM905
SAID = "不顺 很慢 失败 总出错 太难 又报错 没反应 要改进 真麻烦 等半天 难懂 糊涂".split()  # noqa: SIM905
FILLER = [chr(0x4E00 + 7 * each) for each in range(2_500)]


def spoken(rows: int = 600, seed: int = 3) -> tuple[list[str], list[str]]:
    """Verbatims and the subject of each; hardly two are alike."""
    made = random.Random(seed)
    keys = [made.choice(list(SUBJECTS)) for _ in range(rows)]
    texts = []
    for key in keys:
        more = f"{made.choice(FILLER)}{made.choice(SUBJECTS[key])}{made.choice(SAID)}" if made.random() < 0.5 else ""
        texts.append(f"{made.choice(OPENINGS)}{key}{made.choice(SAID)}，{more}{''.join(made.choices(FILLER, k=2))}。")
    return texts, keys
