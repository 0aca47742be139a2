"""Names as they are given in Sichuan: surnames by frequency, given names by sex and decade of birth."""

# ruff: noqa: SIM905 (a list of words reads better as a line of words)
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tenure.demo.chance import pick

_COMMON = (
    "王 7.1 李 7.4 张 6.4 刘 5.6 陈 4.9 杨 3.6 黄 2.4 赵 2.0 周 2.4 "
    "吴 2.1 徐 1.4 孙 1.1 马 1.2 胡 1.4 朱 1.2 郭 1.0 何 1.9 林 1.1 "
    "高 1.0 罗 1.7 郑 .9 梁 .8 谢 1.1 宋 .9 唐 1.2 许 .8 邓 1.2 冯 "
    ".8 韩 .6 曹 .7 曾 1.1 彭 1.0 萧 .4 蔡 .6 潘 .6 田 .7 董 .5 袁 "
    ".8 于 .4 余 .9 叶 .7 蒋 .9 杜 .6 苏 .6 魏 .6 程 .6 吕 .5 丁 .5 "
    "沈 .5 任 .6 姚 .5 卢 .5 傅 .3 钟 .6 姜 .4 崔 .3 谭 .7 廖 .8 范 "
    ".5 汪 .5 陆 .4 金 .4 石 .4 戴 .4 贾 .4 韦 .3 夏 .5 邱 .4 方 .4 "
    "侯 .4 邹 .5 熊 .6 孟 .3 秦 .4 白 .4 江 .4 阎 .2 薛 .3 尹 .4 段 "
    ".4 雷 .5 黎 .3 史 .3 龙 .5 陶 .3 贺 .4 顾 .3 毛 .3 郝 .2 龚 .4 "
    "邵 .2 万 .3 钱 .3 严 .3 赖 .3 覃 .2 洪 .2 武 .2 莫 .2 孔 .2 汤 "
    ".2 向 .3 常 .2 温 .2 康 .2 施 .2 文 .4 牛 .1 樊 .2 葛 .1 邢 .1 "
    "安 .1 齐 .1 易 .3 乔 .1 伍 .2 庞 .1 颜 .1 倪 .1 庄 .1 聂 .2 章 "
    ".2 鲁 .1 岳 .1 翟 .1 欧阳 .12 上官 .03 司马 .02 诸葛 .03 令狐 .02 "
    "尉迟 .01 亓 .01 逄 .01 仝 .01 郗 .01"
).split()
SURNAMES = _COMMON[::2]
SURNAME_WEIGHTS = np.array(_COMMON[1::2], float)

# First and second characters of given names: before 1966, 1966–79, 1980–94, from 1995; men, then women.
_GIVEN = (
    ("国 建 德 志 永 明 光 正 世 文 福 兴", "华 民 明 才 林 清 荣 发 贵 富 全 忠", "军 平 勇 刚 强 华 明 林"),
    ("建 志 晓 永 海 文 小 卫 学 国 俊 立", "军 勇 平 东 强 斌 波 辉 伟 林 峰 明", "军 勇 伟 强 涛 斌 波 刚"),
    ("俊 志 浩 鹏 家 宇 晓 文 思 子 明 嘉", "杰 鹏 飞 翔 宇 磊 峰 林 超 豪 洋 凯", "磊 鹏 超 杰 浩 涛 洋 帅 凯 喆"),
    ("子 浩 宇 梓 俊 泽 皓 奕 思 嘉 铭 昊", "轩 涵 宇 豪 睿 泽 辰 然 阳 杰 博 航", "睿 昊 泽 博 翀 堃 燚 铮"),
    ("秀 淑 桂 玉 素 凤 兰 月 美 惠 金 成", "英 兰 珍 芳 华 琼 蓉 碧 群 清 容 莲", "英 芳 琼 珍 秀 莲 蓉 敏"),
    ("小 晓 丽 红 春 秀 玉 海 雪 燕 建 美", "丽 红 梅 艳 萍 霞 燕 玲 蓉 琴 英 芳", "丽 艳 敏 静 霞 燕 红 梅 萍"),
    ("晓 雅 佳 思 雨 丹 婷 梦 欣 诗 静 海", "婷 雯 敏 静 琳 莉 颖 洁 娜 瑶 佳 蕾", "婷 静 倩 雪 丹 娜 颖 琳 媛 垚"),
    ("雨 欣 梓 诗 思 子 可 语 若 一 佳 雅", "涵 萱 怡 彤 妍 琪 桐 宁 瑶 汐 玥 然", "玥 瑶 琪 彤 妍 潼 㛃"),
)
_COHORTS = np.array([1966, 1980, 1995])


def _pools() -> tuple[list[str], list[tuple[int, int, int]]]:
    pool: list[str] = []
    spans = []
    for first, second, single in _GIVEN:
        begin = len(pool)
        pool += [a + b for a in first.split() for b in second.split() if a != b]
        middle = len(pool)
        pool += single.split()
        spans.append((begin, middle, len(pool)))
    return pool, spans


GIVEN, _SPANS = _pools()
#: Names outside the common characters, each given to someone: banks' systems stumble over them.
RARE_GIVEN = ("㵘", "𬭎", "龘", "骉骦", "赟", "曌")
GIVEN += RARE_GIVEN


def draw_surnames(rng: np.random.Generator, size: int) -> NDArray[np.int64]:
    """Indices into SURNAMES."""
    return pick(rng, SURNAME_WEIGHTS, size)


def draw_given(rng: np.random.Generator, male: NDArray[np.bool_], birth_year: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices into GIVEN fitting sex and cohort; one in six has one character, about one in 1,500 a rare one."""
    group = np.searchsorted(_COHORTS, birth_year, side="right") + np.where(male, 0, 4)
    spans = np.array(_SPANS)[group]
    single = rng.random(len(male)) < 1 / 6
    low = np.where(single, spans[:, 1], spans[:, 0])
    high = np.where(single, spans[:, 2], spans[:, 1])
    given = (low + rng.random(len(male)) * (high - low)).astype(np.int64)
    rare = rng.random(len(male)) < 1 / 1500
    return np.where(rare, len(GIVEN) - 1 - rng.integers(0, len(RARE_GIVEN), len(male)), given)
