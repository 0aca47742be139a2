"""Subjects that customers of any bank speak of, with words that say them: themes to start from (S22, S25, S29).

A theme that the texts themselves bring forth needs hundreds of different texts. A branch has fewer, and many customers
tick a ready sentence; so the usual subjects are given beforehand and the texts add to them. Own list.
"""

from __future__ import annotations

BANK_SUBJECTS: dict[str, tuple[str, ...]] = {
    key: tuple(word.replace("_", " ") for word in words.split())
    for key, words in {
        "waiting": "排队 等候 等待 叫号 窗口 等了 等的时间 等太久 久等 queue queues waiting waited",
        "attitude": """态度 冷淡 爱理不理 不耐烦 热情 耐心 贴心 周到 礼貌 服务好 服务差 服务一般 大堂经理 柜员
            attitude rude polite friendly teller""",
        "manager": "客户经理 理财经理 换了客户经理 relationship_manager account_manager",
        "procedure": "流程 手续繁琐 简化手续 材料 跑了 来回跑 跑几趟 繁琐 办理业务 procedure paperwork documents",
        "app": """手机银行 网银 网上银行 闪退 登录 登不上 卡顿 验证码 转账 转账失败 更新 mobile_app app login
            transfer""",
        "machines": "自助设备 自助机 吞卡 取款机 柜员机 atm machine",
        "fees": "手续费 年费 短信费 管理费 收费 扣费 乱收 fee fees charged",
        "rates": "利率 利息 存款利率 贷款利率 interest rate rates",
        "investments": "理财 基金 净值 亏损 亏了 收益 保险 投资 fund funds investment insurance",
        "loans": "贷款 贷款审批 审批 房贷 按揭 放款 额度 loan loans mortgage approval",
        "maturity": "到期 到期提醒 到期了 maturity matured",
        "selling": "推销 营销电话 骚扰 打电话 推销短信 sales_calls telemarketing",
        "privacy": "个人信息 信息泄露 泄露 联系方式 隐私 privacy leaked",
        "cards": "信用卡 银行卡 补卡 挂失 换卡 盗刷 credit_card debit_card",
        "offers": "优惠 优惠活动 积分 礼品 权益 offers rewards gift",
        "premises": "停车 停车位 环境 卫生间 座位 parking premises",
        "asked_for_marks": "打十分 打满分 让打 给好评 求好评",
    }.items()
}
