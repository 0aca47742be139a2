"""Words that carry no subject: they tie sentences together, or judge without saying what. Own lists."""

# ruff: noqa: SIM905 (a list of words reads better as lines of words)
from __future__ import annotations

#: A phrase neither begins nor ends with these: 的手机 and 手机了 are no phrases.
CHINESE_EDGES = frozenset("的了着吗呢吧啊呀嘛是我你他她它们就都也又还很太再把被让给和与或在到从这那个么没不")

CHINESE = frozenset(
    """
    一个 一下 一点 一些 一样 一直 一次 一种 一定 一般 一起 一天 一年 几次 几天 几个 多次 多少 很多 太多 许多 那么
    这么 怎么 怎样 什么 为什么 为啥 哪里 哪个 现在 今天 昨天 明天 最近 以前 以后 之前 之后 后来 然后 时候 时间
    小时 分钟 半天 个月 每次 每天 每月 经常 总是 老是 有时 突然 终于 已经 刚刚 马上 立刻 尽快 赶快 赶紧 快点 继续
    开始 最后 结果 所以 因为 因此 如果 要不是 但是 可是 不过 而且 并且 或者 还是 还有 只有 只能 只是 其他 其它
    其实 根本 居然 竟然 简直 实在 真是 真的 真心 确实 完全 直接 特别 非常 比较 越来越 基本 必须 应该 可以 能够
    需要 希望 觉得 感觉 认为 以为 知道 发现 看到 看看 告诉 说我 自己 别人 人家 大家 我们 你们 他们 所有 任何 各种
    各个 这些 那些 这样 那样 这种 那个 东西 玩意 事情 问题 情况 原因 方面 地方 里面 上面 下面 出来 起来 进去 过来
    下来 没有 也没 没法 不能 能不能 是不是 到底 难道 究竟 反正 随时 意思 如此 出现 存在 使用 用起来 用过 进行
    通过 作为 关于 除了 根据 以及 等等 尤其 甚至 原来 本来 正常 成功 选择 干嘛 呵呵 哈哈 如题 无语 破玩意
    什么玩意 什么鬼 搞什么 什么情况 怎么回事 烦死了 果断 让人 让我 给我 不让 这款 这次 第一 第一次 两个 三个 一步
    一句 好几 那种 个人 中国 永远 仍然 依然 依旧 非要 居多 无论 不管 不知道 自从 到现在 一定要 一段 别的 用不
    明明 由于 严重 经过 相关 目前 对于 其中 一条 贵行 你好 谢谢 能否 请问 多年 有点 还可以 的话 来说 来讲 真是太
    实在是 真不 可不可以 请尽快 搞得 弄得 就是 不是 要是 真他妈 他妈 妈的 尼玛 傻逼 脑残 去死 恶心 时 后
    """.split()
)

ENGLISH = frozenset(
    """
    a about above after again against all also always am an and any are aren't as asked at back be because been
    before being below between both but by call called came can can't cannot could couldn't day days did didn't
    do does doesn't doing don't done down during each even ever every few first for from further gave get getting
    give given go going gone got had hadn't has hasn't have haven't having he her here hers herself him himself
    his how however i i'm i've if in into is isn't it it's its itself just know last later let like made make
    many may me might month months more most much must my myself need never new no nor not nothing now of off on
    once one only or other our ours out over own people please put said same say says see seen sent she should
    since so some someone something still stated such take than that that's the their theirs them themselves then
    there these they thing things think this those though three through time times to told too took tried try
    trying two under until up us use used using very want wanted was wasn't way we week weeks well went were
    weren't what when where whether which while who whom why will with within without won't would wouldn't xxxx
    year years yes yet you your yours
    """.split()
)

#: What is spoken of everywhere and hence says nothing: the bank, the application, the customer. No theme rests on them.
OBJECTS = frozenset(
    """
    软件 手机软件 程序 应用 手机 客户端 银行 手机银行 工行 工商银行 建行 招行 农行 中行 交行 招商银行 建设银行
    农业银行 中国银行 其他银行 家银行 客户 用户 公司 企业 app bank banks company account accounts customer
    customers 工商 版本 最新版本 手机app
    """.split()
)

#: Judgements that name what is judged: they may anchor a theme though the lexicon holds them.
SUBJECTS = frozenset(
    """
    闪退 打不开 登不上 进不去 黑屏 排队 扣费 扣款 推销 骚扰 盗刷 泄露 安全 超时 吞卡 卡顿 fee fees fraud
    harassment dispute
    """.split()
)

#: Spellings in common use for the same word.
_SPELLINGS = (("登陆", "登录"), ("转帐", "转账"), ("帐户", "账户"), ("帐号", "账号"), ("对帐", "对账"))


def spelt(text: str) -> str:
    """The text with variant spellings made one."""
    for variant, usual in _SPELLINGS:
        text = text.replace(variant, usual)
    return text
