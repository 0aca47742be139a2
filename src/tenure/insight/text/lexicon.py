"""A small lexicon of our own: words of praise and of complaint about a bank's service, Chinese and English.

It is the cold start, before a bank has scored verbatims of its own. 1 is plain, 2 is strong.
"""

from __future__ import annotations

GOOD = (
    """
    好 赞 棒 佳 优 方便 便捷 便利 快捷 迅速 及时 高效 顺利 流畅 稳定 安全 放心 省心 省事 省时 简单 简洁 清晰 清楚
    明白 准确 耐心 细心 热心 热情 贴心 用心 周到 礼貌 友好 亲切 微笑 专业 认真 负责 主动 诚信 透明 公道 实惠 优惠
    划算 合理 丰富 齐全 强大 实用 好用 易用 满意 喜欢 舒服 舒适 干净 整洁 卫生 漂亮 人性化 给力 推荐 感谢 感激
    信任 信赖 靠谱 值得 不错 可以 支持 好评 很快 快速 挺快 准时 安静 惊喜 温馨 开心 愉快 高兴 点赞 超值 便宜 提前
    实在 干净
    """,
    "完美 极好 一流 最好 优秀 出色 五星 满分 十分满意 非常好 卓越 无可挑剔 首选 表扬 很棒 太棒",
    """
    good great helpful friendly polite courteous kind patient professional efficient quick fast easy convenient
    smooth simple clear reliable safe secure happy satisfied pleased pleasant recommend thank thanks appreciate
    trust nice fair useful responsive knowledgeable prompt resolved clean
    """,
    "excellent outstanding perfect best amazing wonderful fantastic superb love brilliant",
)
BAD = (
    """
    差 慢 坏 贵 烦 乱 脏 旧 臭 吵 冷 硬 卡 难 冷淡 冷漠 敷衍 推诿 推脱 拖延 拖拉 怠慢 傲慢 生硬 不耐烦 爱理不理
    不理 没人管 没人理 麻烦 繁琐 复杂 混乱 难用 难找 难办 排队 太久 等了 久等 超时 闪退 卡死 卡顿 黑屏 死机 崩溃
    打不开 登不上 登录不了 登陆不了 进不去 用不了 不能用 没法用 没反应 失败 错误 报错 出错 故障 掉线 转圈 连不上
    乱码 吞卡 盗刷 泄露 骚扰 推销 误导 欺骗 隐瞒 忽悠 乱扣 乱收 多扣 多收 扣费 扣款 亏损 亏了 损失 投诉 退款 差评
    失望 后悔 生气 气人 无语 难受 郁闷 卸载 销户 不如 下降 变差 倒退 鸡肋 耽误 浪费 强制 不明不白 没说清 不通知
    没通知 没人通知 没人提醒 不合理 不公平 不透明 不专业 不负责 态度不好 服务不好 不干净 不值 不会再 再也不
    不推荐 催 晚了 迟到 迟 少了 漏 坑 破 渣 缺
    """,
    """
    垃圾 极差 最差 太差 差劲 恶劣 恶心 骗子 骗人 欺诈 坑人 坑爹 黑心 无耻 糟糕 可恶 气愤 愤怒 史上最 再也不来
    一星 零分 辣鸡 烂
    """,
    """
    bad slow poor rude unhelpful unprofessional careless difficult hard confusing complicated problem problems
    issue issues error errors fail failed fails failure broken crash crashes wrong mistake late delay delayed
    waiting queue expensive overcharged fee fees penalty lost loss complaint complain disappointed disappointing
    unhappy dissatisfied frustrated frustrating annoying annoyed upset angry harass harassed harassment refuse
    refused denied ignored unfair misleading misled hidden unauthorized incorrect inaccurate dispute disputed
    """,
    """
    terrible awful horrible worst useless fraud fraudulent scam cheated lied lie stolen deceptive hate disgusting
    unacceptable illegal ridiculous
    """,
)
#: Turn what follows within the clause around …
NEGATIONS = (
    "不 没 没有 无 未 别 毫无 并非 不是 不太 不够 不怎么 谈不上 称不上 算不上 缺乏 缺少 难以 无法 不能",
    "not no never n't without hardly cannot lacks lacking isn't wasn't don't doesn't didn't won't can't couldn't",
)
#: … and these give it more or less weight.
STRONGER = (
    "很 太 非常 十分 特别 极 极其 超 超级 最 真 真的 相当 更 越来越 尤其",
    "very really extremely so too most highly absolutely",
)
WEAKER = ("有点 有些 稍 稍微 略 还 还算 比较 一般", "somewhat slightly fairly quite rather bit")
#: What comes after these is what the speaker means.
CONTRASTS = ("但 但是 不过 可是 可惜 然而 就是", "but however although yet unfortunately")


def words(listed: str) -> list[str]:
    """The words of a list above."""
    return listed.split()


POLARITY: dict[str, float] = {
    **{word: 1.0 for listed in (GOOD[0], GOOD[2]) for word in words(listed)},
    **{word: 2.0 for listed in (GOOD[1], GOOD[3]) for word in words(listed)},
    **{word: -1.0 for listed in (BAD[0], BAD[2]) for word in words(listed)},
    **{word: -2.0 for listed in (BAD[1], BAD[3]) for word in words(listed)},
}
NEGATING = frozenset(word for listed in NEGATIONS for word in words(listed))
INTENSITY: dict[str, float] = {
    **{word: 1.5 for listed in STRONGER for word in words(listed)},
    **{word: 0.6 for listed in WEAKER for word in words(listed)},
}
CONTRASTING = frozenset(word for listed in CONTRASTS for word in words(listed))
