"""Chengdu as the demo bank sees it: districts, roads, housing estates, and what companies call themselves."""

# ruff: noqa: SIM905 (a list of words reads better as a line of words)
from __future__ import annotations

#: District, its name in English, the code in made-up identity numbers (51 99 xx is assigned to no county), roads.
DISTRICTS: tuple[tuple[str, str, str, str], ...] = (
    ("锦江区", "Jinjiang", "519901", "春熙路 牛市口路 三圣街 东大街 静居寺路 琉璃路"),
    ("高新区", "Gaoxin", "519902", "天府三街 中和大道 天府大道 益州大道 府城大道 盛和路"),
    ("武侯区", "Wuhou", "519903", "桐梓林路 武侯祠大街 簇锦街 晋阳路 红牌楼路 科华路"),
    ("青羊区", "Qingyang", "519904", "宽窄巷 光华大道 草堂路 文殊院街 金沙遗址路 培风路"),
    ("金牛区", "Jinniu", "519905", "茶店子路 沙湾路 营门口路 一环路北段 交大路 金府路"),
    ("成华区", "Chenghua", "519906", "建设路 万年场路 猛追湾街 双林路 八里庄路 驷马桥街"),
    ("双流区", "Shuangliu", "519907", "华阳大道 东升街 航空港路 九江街 棠湖路 白河路"),
    ("温江区", "Wenjiang", "519908", "柳城大道 金马河路 光华公园路 杨柳东路 涌泉街 凤溪大道"),
    ("龙泉驿区", "Longquanyi", "519909", "驿都大道 大面街 北京路 阳光大道 成龙大道 音乐广场路"),
    ("新都区", "Xindu", "519910", "宝光大道 大丰街 蜀龙大道 马超西路 斑竹园路 新繁街"),
)
ROADS_EN: dict[str, str] = {
    "春熙路": "Chunxi Road",
    "牛市口路": "Niushikou Road",
    "三圣街": "Sansheng Street",
    "东大街": "East Main Street",
    "静居寺路": "Jingjusi Road",
    "琉璃路": "Liuli Road",
    "天府三街": "Tianfu Third Street",
    "中和大道": "Zhonghe Avenue",
    "天府大道": "Tianfu Avenue",
    "益州大道": "Yizhou Avenue",
    "府城大道": "Fucheng Avenue",
    "盛和路": "Shenghe Road",
    "桐梓林路": "Tongzilin Road",
    "武侯祠大街": "Wuhouci Street",
    "簇锦街": "Cujin Street",
    "晋阳路": "Jinyang Road",
    "红牌楼路": "Hongpailou Road",
    "科华路": "Kehua Road",
    "宽窄巷": "Kuanzhai Alley",
    "光华大道": "Guanghua Avenue",
    "草堂路": "Caotang Road",
    "文殊院街": "Wenshuyuan Street",
    "金沙遗址路": "Jinsha Ruins Road",
    "培风路": "Peifeng Road",
    "茶店子路": "Chadianzi Road",
    "沙湾路": "Shawan Road",
    "营门口路": "Yingmenkou Road",
    "一环路北段": "First Ring Road North",
    "交大路": "Jiaoda Road",
    "金府路": "Jinfu Road",
    "建设路": "Jianshe Road",
    "万年场路": "Wannianchang Road",
    "猛追湾街": "Mengzhuiwan Street",
    "双林路": "Shuanglin Road",
    "八里庄路": "Balizhuang Road",
    "驷马桥街": "Simaqiao Street",
    "华阳大道": "Huayang Avenue",
    "东升街": "Dongsheng Street",
    "航空港路": "Airport Road",
    "九江街": "Jiujiang Street",
    "棠湖路": "Tanghu Road",
    "白河路": "Baihe Road",
    "柳城大道": "Liucheng Avenue",
    "金马河路": "Jinmahe Road",
    "光华公园路": "Guanghua Park Road",
    "杨柳东路": "Yangliu East Road",
    "涌泉街": "Yongquan Street",
    "凤溪大道": "Fengxi Avenue",
    "驿都大道": "Yidu Avenue",
    "大面街": "Damian Street",
    "北京路": "Beijing Road",
    "阳光大道": "Sunshine Avenue",
    "成龙大道": "Chenglong Avenue",
    "音乐广场路": "Music Square Road",
    "宝光大道": "Baoguang Avenue",
    "大丰街": "Dafeng Street",
    "蜀龙大道": "Shulong Avenue",
    "马超西路": "Machao West Road",
    "斑竹园路": "Banzhuyuan Road",
    "新繁街": "Xinfan Street",
}
ESTATES = (
    "锦绣花园 翡翠城 望江苑 芙蓉小区 浣花里 天府名居 紫荆苑 银杏院 蜀风雅筑 江安河畔 桂溪苑 府河新居 "
    "竹苑小区 梧桐里 清波苑 凤凰小区 金沙庭院 麓山里 云锦台 春晓苑"
).split()

#: Industry, the words companies of it are named with, how much payroll and how many suppliers they have.
INDUSTRIES: tuple[tuple[str, str, float], ...] = (
    ("制造业", "机械 电子 精工 包装 机电", 1.4),
    ("批发零售", "商贸 贸易 百货 建材 食品", 0.7),
    ("信息技术", "科技 软件 网络 数据 智能", 1.2),
    ("餐饮", "餐饮 火锅 酒店 小吃 食府", 0.9),
    ("建筑业", "建设 装饰 工程 园林 市政", 1.1),
    ("物流", "物流 运输 供应链 仓储 快运", 0.9),
    ("医药", "医药 生物 医疗器械 药业 健康", 1.0),
    ("农业", "农业 种业 果业 茶业 生态", 0.5),
    ("教育文化", "文化 教育 传媒 广告 艺术", 0.6),
    ("房地产服务", "物业 置业 房产 租赁 酒店管理", 0.7),
)
COMPANY_PREFIXES = ("成都", "四川", "成都市", "蜀都", "天府")
COMPANY_FIRST = ("锦 蓉 瑞 恒 华 鑫 宏 盛 嘉 中 汇 康 兴 万 天 川 金 德 润 博 启 远 诚 和 新 安 泰 聚 川 睿").split()
COMPANY_SECOND = ("达 源 通 盛 泰 隆 和 宇 晟 丰 川 诚 信 邦 成 程 昌 科 鼎 立 益 航 腾 耀 誉 峰 禾 宸 越 邑").split()
COMPANY_FORMS = ("有限公司", "有限责任公司", "股份有限公司")

OTHER_BANKS = (
    "工商银行 农业银行 中国银行 建设银行 交通银行 邮储银行 招商银行 民生银行 兴业银行 浦发银行 成都农商银行 微众银行"
).split()
