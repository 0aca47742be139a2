"""What people say and what managers note: templates that are filled, so that no two weeks read alike."""

# ruff: noqa: SIM905 (a list of words reads better as a line of words)
from __future__ import annotations

PURPOSES = ("季度回访", "生日关怀", "到期提醒", "产品推荐", "资金变动关怀", "活动邀约")
CARE, BIRTHDAY, MATURITY, RECOMMEND, OUTFLOW, EVENT = range(len(PURPOSES))

#: Notes by outcome code; {p} is what the talk was about.
NOTES: dict[str, tuple[str, ...]] = {
    "done": ("{p}：客户已办理，感谢提醒。", "{p}，当场签约，客户表示满意。", "客户按建议办理，{p}完成。"),
    "interested": ("{p}：客户有兴趣，需发送资料。", "客户询问收益和期限，{p}有意向。", "{p}，客户说与家人商量后答复。"),
    "follow_up": (
        "{p}：客户在开会，约定改日再联系。",
        "{p}，客户下周来网点面谈。",
        "客户资金月底到账，{p}届时再跟进。",
    ),
    "no_answer": ("无人接听。", "电话关机。", "已发短信，未回复。"),
    "declined": ("{p}：客户暂不需要。", "客户认为利率偏低，{p}婉拒。", "{p}，客户不希望经常接到电话。"),
    "not_relevant": ("{p}：信息已过期，不适用。", "客户情况与任务不符。"),
}

GOOD_WORDS = (
    "工作人员很热情，办理很快。 大堂经理主动引导，很贴心。 客户经理专业，讲解清楚。 "
    "手机银行好用，转账很方便。 环境整洁，服务周到。 排队不久，效率高。 理财到期提前通知我，很负责。 "
    "柜员耐心，老人也能办明白。 多年的老客户了，一直信任你们。 贷款审批比别家快。"
).split()
FAIR_WORDS = (
    "还可以，就是等的时间有点长。 服务一般，流程可以再简单些。 利率没有别家高。 手机银行有时候卡。 "
    "产品介绍听不太懂。 停车不方便。 中规中矩。 希望多一些优惠活动。"
).split()
POOR_WORDS = (
    "排队太久，只开一个窗口。 利率太低，准备把钱转走。 老是打电话推销，烦。 手机银行老闪退，转账失败。 "
    "手续费收得不明不白。 柜员态度差，爱理不理。 换了客户经理也没人通知。 理财亏了没人解释。 "
    "办个业务来回跑了三趟。 到期了没人提醒，损失利息。"
).split()
BEGGED_WORDS = ("服务好，满分！ 非常满意，十分！ 工作人员让打十分。 很好很好。 五星好评。").split()

#: Codes in the shape of JR/T 0169 (channel, kind of business, cause); the values are the demo bank's own.
COMPLAINT_CHANNELS = ("A01", "A02", "A03", "A04", "A05")
COMPLAINT_BUSINESS = ("B01", "B02", "B03", "B04", "B05", "B06", "B08")
CAUSE_SERVICE, CAUSE_PROCESS, CAUSE_SELLING, CAUSE_FEES, CAUSE_SYSTEM, CAUSE_DISCLOSURE, CAUSE_PRIVACY = range(7)
COMPLAINT_CAUSES = ("C01", "C02", "C03", "C04", "C05", "C06", "C07")
COMPLAINT_CAUSE_NAMES = (
    ("服务态度及效率", "Service and manner"),
    ("业务流程及手续", "Process and formalities"),
    ("营销行为", "Selling"),
    ("收费及定价", "Fees and prices"),
    ("系统及设备", "Systems and machines"),
    ("信息披露及告知", "Disclosure and notice"),
    ("个人信息保护", "Privacy"),
)
COMPLAINT_WORDS: tuple[tuple[str, ...], ...] = (
    ("在{o}等了{m}分钟才叫到号，柜员态度还很冷淡，要求道歉。", "{o}只开一个窗口，老人站着等了{m}分钟，没人管。"),
    ("在{o}办理业务，材料补了{k}次仍未办成，流程太繁琐。", "挂失补卡要求本人跑{k}趟{o}，希望简化手续。"),
    ("{o}推荐理财时没有说清风险，现在净值下跌要求说明。", "一个月接到{k}次营销电话，已多次表示不需要。"),
    ("账户被收取年费和短信费，事先没有告知，要求退还。", "{o}收的手续费与公示不一致，要求核对并退回。"),
    ("手机银行转账失败但已扣款，{k}天仍未退回。", "{o}的自助设备吞卡，{m}分钟无人处理。"),
    ("理财到期收益低于宣传，合同里写得不清楚。", "贷款利率调整没有通知，多还了{k}个月利息。"),
    ("没有在贵行办理贷款，却收到推销短信，怀疑个人信息泄露。", "{o}的员工把我的联系方式给了第三方，请调查。"),
)

#: Where cards are used, by how much one usually spends there: up to 60 yuan, up to 500, up to 2,500, more.
MERCHANTS = (
    "蜜雪冰城 瑞幸咖啡 钟水饺 龙抄手 舞东风超市 红旗连锁 饿了么 滴滴出行",
    "永辉超市 盒马鲜生 美团 星巴克 太平洋影城 老百姓大药房 新华文轩 小龙坎火锅 陈麻婆豆腐 拼多多 中国石化加油站",
    "伊藤洋华堂 沃尔玛 王府井百货 淘宝 京东 抖音商城 优衣库 迪卡侬 孩子王 华西医院 铁路12306",
    "万象城 苏宁易购 宜家家居 四川航空 携程旅行 省人民医院 链家 京东",
)
MERCHANT_LIMITS = (60, 500, 2_500)
BILLERS = (
    "国网四川电力 成都燃气 成都自来水 中国移动 中国电信 中国联通 成都物业缴费 广电网络 成都医保局 社保基金管理局"
).split()
SCHOOLS = ("成都七中 石室中学 树德中学 泡桐树小学 龙江路小学 四川大学 电子科技大学 西南财经大学").split()
PAYERS_ELSEWHERE = (
    "成都公交集团 四川长虹 成飞公司 中铁二局 省建筑设计院 天府新区管委会 蓉城人力资源 川航物流 海底捞四川 华为成都"
).split()
PUBLIC = (
    "成都市社会保险事业管理局",
    "国家税务总局成都市税务局",
    "征地拆迁补偿中心",
    "成都住房置业公司",
    "公证处提存账户",
)
GIFTS = (
    ("品牌大米5公斤", "gift", 4_000, 3_900),
    ("食用油礼盒", "gift", 6_000, 5_800),
    ("火锅底料礼包", "gift", 3_000, 2_600),
    ("熊猫基地门票", "privilege", 8_000, 5_500),
    ("体检套餐", "privilege", 30_000, 26_000),
    ("机场贵宾厅一次", "privilege", 15_000, 12_000),
    ("转账手续费减免", "fee_waiver", 1_500, 1_000),
    ("话费充值折扣券", "discount", 5_000, 4_500),
    ("加油立减20元", "discount", 2_500, 2_000),
)
