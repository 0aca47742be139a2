"""Themes of what customers say and why they left, and what improvements changed, as the night hands them to the desk."""

from __future__ import annotations

from tenure.contracts import codes
from tenure.contracts.columns import Column, DataClass, Table, allowed, boolean, date, integer, json, money, rate, text

C2 = DataClass.C2


def _theme(name: str = "theme", nullable: bool = False) -> Column:
    return text(name, "主题编号", "Theme, by its key", nullable=nullable, max_length=80)


THEME = Table(
    "theme",
    "主题",
    "What customers talk about, or why they left: size, course, feeling and value at stake in the whole bank (S22, S24)",
    ("theme",),
    (
        _theme(),
        text(
            "kind",
            "类别",
            "Words of customers, or causes of leaving",
            nullable=False,
            allowed=allowed(codes.THEME_KINDS),
        ),
        text("label", "名称", "The bank's name, or a code of the usual subjects", nullable=False, max_length=120),
        boolean("renamed", "银行命名", "Whether the bank gave the name", nullable=False),
        json("phrases", "说法", "The phrases that say it, by weight", nullable=False),
        integer("customers", "客户数", "Customers who said it in twelve months", nullable=False, unit="customers"),
        integer(
            "customers_unhappy",
            "不满客户数",
            "Of the customers, who was unhappy when they said it, or left",
            nullable=False,
            unit="customers",
        ),
        integer("verbatims", "条数", "Times it was said in twelve months", nullable=False),
        integer("complaints", "投诉条数", "Of them complaints", nullable=False),
        integer("cases", "闭环条数", "Of them words of cases", nullable=False),
        integer("lost", "已流失客户", "Of the customers, lost in twelve months", nullable=False, unit="customers"),
        rate("share", "占比", "Share of everything said", unit="share"),
        rate("course", "走势", "Share of the newest three months less that of the nine before", unit="share"),
        rate("course_low", "走势下限", "Lower end of the interval", unit="share"),
        rate("course_high", "走势上限", "Upper end of the interval", unit="share"),
        rate("unhappy", "不满占比", "Share of the unhappy among answers whose words tell a feeling", unit="share"),
        rate("recommend", "推荐均分", "Mean score of the answers", unit="0–10"),
        money("value_at_stake", "涉及价值", "Assets of those unhappy when they said it, each once", nullable=False),
        money("value_praised", "好评价值", "Assets of those who only spoke well of it, each once", nullable=False),
        text("last_month", "末月", "The last month of the list (YYYY-MM)", nullable=False, max_length=7),
        json("months", "每月条数", "Times said by month, oldest first", nullable=False),
    ),
)
THEME_BRANCH = Table(
    "theme_branch",
    "机构主题",
    "A theme in one branch and all below it",
    ("theme", "org_id"),
    (
        _theme(),
        text("org_id", "机构号", "Branch, with all below it", nullable=False, max_length=40),
        text("org_path", "机构路径", "Branch path", nullable=False, max_length=200),
        integer("customers", "客户数", "Customers who said it in twelve months", nullable=False, unit="customers"),
        integer(
            "customers_unhappy",
            "不满客户数",
            "Of the customers, who was unhappy when they said it, or left",
            nullable=False,
            unit="customers",
        ),
        integer("verbatims", "条数", "Times it was said in twelve months", nullable=False),
        rate("share", "占比", "Share of everything said there", unit="share"),
        rate("elsewhere", "其他机构占比", "Share of everything said elsewhere", unit="share"),
        rate("unhappy", "不满占比", "Share of the unhappy", unit="share"),
        money("value_at_stake", "涉及价值", "Assets of those unhappy when they said it, each once", nullable=False),
        money("value_praised", "好评价值", "Assets of those who only spoke well of it, each once", nullable=False),
        json("months", "每月条数", "Times said by month, oldest first", nullable=False),
    ),
)
THEME_VOICE = Table(
    "theme_voice",
    "主题原话",
    "What customers said of a theme: the newest of each branch",
    ("source", "number"),
    (
        text("source", "来源", "Where it comes from", nullable=False, allowed=allowed(codes.VOICE_SOURCES)),
        text("number", "编号", "Number of the answer, complaint or case", nullable=False, max_length=60),
        _theme(nullable=True),
        text("party_id", "客户号", "Customer number", nullable=False, max_length=40),
        date("said_on", "日期", "Said on", nullable=False),
        text("words", "客户原话", "What was said", nullable=False, max_length=4000, data_class=C2),
        integer("score", "推荐分", "Score given", unit="0–10"),
    ),
)
MEASURED = Table(
    "measured",
    "改进测量",
    "What an improvement or an innovation changed, by one measure (S29, S34)",
    ("improvement_id", "measure"),
    (
        text("improvement_id", "改进编号", "Number of the improvement", nullable=False, max_length=60),
        text("measure", "指标", "Measure", nullable=False, allowed=allowed(codes.IMPROVEMENT_MEASURES), max_length=20),
        text(
            "verdict",
            "结论",
            "What can be said",
            nullable=False,
            allowed=allowed(codes.MEASURED_VERDICTS),
            max_length=24,
        ),
        rate("value", "效果", "Change of the treated less change of the control", unit="points, 0–1 or score"),
        rate("low", "效果下限", "Lower end of the interval"),
        rate("high", "效果上限", "Upper end of the interval"),
        rate("detectable", "可测最小效果", "The smallest effect found four times of five"),
        rate("treated_before", "先行网点此前", "Where it started, before"),
        rate("treated_after", "先行网点此后", "Where it started, after"),
        rate("control_before", "对照此前", "The control, before"),
        rate("control_after", "对照此后", "The control, after"),
        rate("trend", "此前每月相对走势", "How much a month the two drifted apart before"),
        rate("trend_low", "走势下限", "Lower end of the interval"),
        rate("trend_high", "走势上限", "Upper end of the interval"),
        integer("treated_n", "先行行数", "Answers, customers or months it rests on where it started", nullable=False),
        integer("control_n", "对照行数", "Those of the control", nullable=False),
        integer("treated_branches", "先行网点数", "Branches where it started", nullable=False),
        integer("control_branches", "对照网点数", "Branches of the control", nullable=False),
        boolean("matched", "夜间匹配对照", "Whether the night chose the control", nullable=False),
        date("since", "开始日期", "It began on", nullable=False),
        json("months", "月份", "Months of the lines, oldest first (YYYY-MM)", nullable=False),
        json("treated", "先行曲线", "The treated by month", nullable=False),
        json("control", "对照曲线", "The control by month", nullable=False),
        json("numbers", "其他数字", "Counts and money of the measure", nullable=False),
    ),
)
CAUSES: tuple[Table, ...] = (THEME, THEME_BRANCH, THEME_VOICE, MEASURED)
