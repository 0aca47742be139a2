"""Attrition in words."""

from tenure.contracts.codes import LEAVING_CAUSES, Name
from tenure.desk.findings.words import attrition_goes_with, attrition_signs

TITLE = Name("流失", "Attrition")
MEANS = Name(
    "对每位客户，模型给出今后十二个月每个月的流失可能，以及主要理由。流失指：销户或账户全部关闭、长期无主动交易且几乎无"
    "资产、或资产连续数月大幅低于自身常态；若本行启用，还有不再以本行为主办行（口径可在设置中开关）。模型只用当时已知的数据学习，在它没见过的更晚月份上检验；"
    "区间为 95 %。",
    "For each customer the model says how likely they are to leave in each of the next twelve months, and why. Lost "
    "means: all accounts closed; long without a transaction and hardly any assets; or assets for months far below the "
    "customer's own level; and, where the bank has switched it on, no longer using us as the main bank (each can be "
    "switched on or off). The model learns only from what was known at the time and "
    "is tested on later months that it has not seen. Intervals are 95 %.",
)
NOT = Name(
    "理由是模型看到的迹象，不是证明过的原因；流失主因只用来安排回访，把握不是概率。可能性高不等于联系有用——效果要靠对照"
    "组检验。排序老化慢，水平变化快：市场变了，概率会整体偏高或偏低，先看“说得准不准”。",
    "Reasons are signs the model saw, not proven causes; the likeliest cause is there to order the interviews, and how "
    "sure it is is no probability. A high likelihood does not mean that contact helps: only a held-out group tells. "
    "The order of customers ages slowly, the level fast: when the market moves, all likelihoods may be too high or too "
    "low, so look at what was said and what came first.",
)
WORDS: dict[str, Name] = {
    **attrition_signs.WORDS,
    **attrition_goes_with.WORDS,
    # the customer's page
    "survival": Name("仍在本行的概率", "Likelihood of still being here"),
    "months_ahead": Name("今后月数", "Months ahead"),
    "from_to": Name("{sign}：由 {past} 变为 {value}", "{sign}: from {past} to {value}"),
    "in_touch": Name("此前半年谁在联系", "Who was in contact in the six months before"),
    "was_in_touch": Name("{staff}：{n} 次，最近 {day}", "{staff}: {n} contacts, the last on {day}"),
    "nobody_in_touch": Name("此前半年没有人联系过", "Nobody was in contact in the six months before"),
    # definitions
    "lost_closed": Name("销户或账户全部关闭", "Left, or closed every account"),
    "lost_dormant": Name("长期无主动交易、几乎无资产", "Long without a transaction, hardly any assets"),
    "lost_fall": Name("资产连续数月远低于自身常态", "Assets for months far below the own level"),
    "lost_main_bank": Name("不再以本行为主办行", "No longer uses us as main bank"),
    # causes
    **LEAVING_CAUSES,
    # reasons
    "aum_level": Name("资产规模", "Level of assets"),
    "aum_down": Name("资产下降", "Assets down"),
    "asset_mix": Name("资产结构", "Mix of assets"),
    "loan_tie": Name("贷款往来", "Loans held"),
    "flows": Name("资金进出规模", "Money in and out"),
    "inflow_down": Name("流入减少", "Less money in"),
    "outflow_up": Name("流出增加", "More money out"),
    "same_name_outflow": Name("转往本人他行账户", "Money to the own account elsewhere"),
    "payroll": Name("代发情况", "Payroll"),
    "payroll_stopped": Name("代发停止或减少", "Payroll stopped or less"),
    "activity_level": Name("交易活跃程度", "Level of activity"),
    "activity_down": Name("交易减少", "Fewer transactions"),
    "channel": Name("渠道习惯", "Channels used"),
    "channel_change": Name("渠道改变", "Channels changed"),
    "depth": Name("持有产品情况", "Products held"),
    "products_closed": Name("销掉产品", "Products closed"),
    "maturing": Name("即将到期", "Maturing soon"),
    "matured": Name("近期到期", "Matured lately"),
    "matured_unrenewed": Name("到期未续", "Matured, not renewed"),
    "complaint": Name("投诉", "Complaints"),
    "complaint_open": Name("投诉未结", "Open complaint"),
    "unhappy": Name("评价情况", "Stated satisfaction"),
    "contacts": Name("联系频度", "Contacts by staff"),
    "not_contacted": Name("久未联系", "Long without contact"),
    "contacts_many": Name("营销触达", "Campaign contacts"),
    "visits": Name("到店情况", "Branch visits"),
    "long_wait": Name("等候过长", "Long waits"),
    "family_left": Name("家人离开", "Family who left"),
    "tenure": Name("在行年限", "Time with us"),
    "age": Name("年龄", "Age"),
    "company": Name("公司或个人", "Company or person"),
    # the page
    "now": Name("今后十二个月", "The next twelve months"),
    "expected_lost": Name("预计流失客户", "Expected to leave in 12 months"),
    "expected_share": Name("预计流失率", "Expected share leaving"),
    "expected_aum": Name("按概率计的资产", "Assets at risk, by likelihood"),
    "lost_last_year": Name("近十二个月已流失", "Lost in the last 12 months"),
    "lost_share": Name("近十二个月流失率", "Share lost in the last 12 months"),
    "outlook_is": Name(
        "今后十二个月预计流失 {expected} 位客户（{low} 至 {high}），占 {share}；过去十二个月流失 {lost} 位。",
        "{expected} customers ({low} to {high}) are expected to leave in the next twelve months, {share}; {lost} were "
        "lost in the last twelve.",
    ),
    "no_model": Name(
        "历史或流失客户太少，还训练不出可信的模型，因此没有任何评分；至今可见的近十二个月流失 {lost} 位。",
        "There is too little history, or too few who left, for a model that could be trusted, so nobody is scored; "
        "{lost} are seen lost in the last twelve months.",
    ),
    "model": Name("模型说得准不准", "How good the model is"),
    "auc": Name("排序能力（AUC）", "Ranking (AUC)"),
    "top_decile_lift": Name("最高十分之一的提升倍数", "Lift of the top tenth"),
    "ece": Name("校准误差", "Calibration error"),
    "in_the_large": Name("实际减预计流失率", "Observed less stated share"),
    "retention": Name("值得挽留的客户", "Who is worth contacting"),
    "retention_profit": Name("挽留的预期利润", "Expected profit of retention"),
    "contact_share": Name("应联系的比例（对接受率取平均）", "Share to contact, over all acceptances"),
    "acceptance": Name("假定的接受率", "Acceptance, assumed"),
    "worth_from": Name("值得联系者中最低的流失可能", "Lowest likelihood among them"),
    "worth_count": Name("值得联系", "Worth contacting"),
    "worth": Name("挽留", "Retention"),
    "worth_contacting": Name("值得联系", "Worth contacting"),
    "retention_is": Name(
        "按每位客户自己的价值，{of} 位中有 {n} 位值得联系（其中流失可能最低的为 {from}）：每次联系 {contact}，接受者得优惠 "
        "{offer}。接受率 {acceptance} 是假定的，要等有对照组的活动才能测出。",
        "At each customer's own value {n} of {of} are worth contacting (the least likely of them at {from}): a contact "
        "takes {contact}, who accepts is given {offer}. The acceptance of {acceptance} is assumed until a campaign with "
        "a held-out group has measured it.",
    ),
    "retention_none": Name(
        "{of} 位客户中没有一位值得联系：每次联系 {contact}、优惠 {offer}，预期挽回的价值抵不过。接受率 {acceptance} 是假定"
        "的。",
        "Of {of} customers none is worth contacting: at {contact} a contact and an offer of {offer} the value that would "
        "be kept does not pay for it. The acceptance of {acceptance} is assumed.",
    ),
    "learnt_until": Name("学习数据截至", "Learnt from months up to"),
    "tested_on": Name("前一版的检验起点月份", "Predecessor tested from the end of"),
    "model_good": Name(
        "在没见过的 {months} 个月里，模型给最高分的十分之一客户，流失率是全体的 {lift} 倍；随机排序为 1 倍。检验的是用同样"
        "方法、更早月份训练的前一版；在用模型自己的成绩要等它的窗口走完才知道，见“在用模型：预计与实际”。",
        "Over {months} months the model had not seen, the tenth it scored highest left at {lift} times the overall "
        "rate; chance would be 1. Tested was the predecessor, made in the same way from earlier months: how good the "
        "model in use is will be known when its own window has closed; see what it said and what came.",
    ),
    "model_weak": Name(
        "在没见过的 {months} 个月里，AUC 的区间下限只有 {low}：排序与随机分不太开，慎用。检验的是用同样方法、更早月份训练的"
        "前一版。",
        "Over {months} months the model had not seen, the lower end of its AUC is only {low}: hardly told from "
        "chance, so use it with care. Tested was the predecessor, made in the same way from earlier months.",
    ),
    "beyond_tested": Name(
        "最长只检验到第 {months} 个月；更远月份的概率是外推的，没有检验过。",
        "The longest window tested is {months} months: likelihoods beyond that month are extrapolated, not tested.",
    ),
    "since": Name("在用模型：预计与实际", "The model in use: what it said and what came"),
    "since_too_early": Name(
        "在用模型还没有走完的、它没见过的窗口，或窗口内流失太少，暂时说不出它准不准。",
        "The model in use has no closed window yet that it has not seen, or too few left in it: how right it is cannot "
        "be told yet.",
    ),
    "level_holds": Name(
        "训练以来最近的窗口里，{months} 个月预计 {said}，实际 {came}：相差在偶然范围内。",
        "In the newest closed window since training, {said} was said for {months} months and {came} came: no further "
        "apart than chance.",
    ),
    "level_off": Name(
        "训练以来最近的窗口里，{months} 个月预计 {said}，实际 {came}：超出偶然范围，概率的水平不可直接当钱用。",
        "In the newest closed window since training, {said} was said for {months} months and {came} came: further apart "
        "than chance, so do not use the level of the likelihoods as money.",
    ),
    "slope_off": Name(
        "训练以来最近的窗口里，{months} 个月的总体水平对得上（预计 {said}，实际 {came}），但高低之间的差距说得过大或过小"
        "（斜率区间不含 1）。",
        "In the newest closed window since training the level holds over {months} months ({said} said, {came} came), but "
        "differences between customers are over- or understated (the interval of the slope leaves out 1).",
    ),
    "from_month": Name("起点月份", "From the end of"),
    "slope": Name("斜率（准确为 1）", "Slope (1 when right)"),
    "windows": Name("各检验窗口", "By test window"),
    "window": Name("窗口", "Window"),
    "positives": Name("其中流失", "Lost among them"),
    "calibration": Name("预计与实际", "What was said and what came"),
    "calibration_is": Name(
        "全体预计 {said}，实际 {came}。",
        "Overall {said} was said and {came} came.",
    ),
    "stated": Name("预计流失率", "Said"),
    "observed": Name("实际流失率", "Came"),
    "by_tier": Name("各层级的流失可能", "Likelihood of leaving by tier"),
    "mean": Name("平均", "Mean"),
    "low_decile": Name("最低十分之一以下", "A tenth is below"),
    "median": Name("中位", "Half are below"),
    "high_decile": Name("最高十分之一以上", "A tenth is above"),
    "causes": Name("近十二个月流失客户的可能原因", "Likeliest causes of those lost in the last twelve months"),
    "cause": Name("可能原因", "Likeliest cause"),
    "lost": Name("流失客户", "Customers lost"),
    "share": Name("占比", "Share"),
    "year_aum": Name("近一年日均资产", "Average assets of the last year"),
    "confidence": Name("把握", "How sure"),
    "causes_hint": Name(
        "原因由离开前六个月的变化推断，供安排回访；{unknown} 说不出原因。",
        "Causes are inferred from what changed in the six months before, to order the interviews; of {unknown} none "
        "can be told.",
    ),
    "lost_list": Name("近十二个月流失的客户", "Customers lost in the last twelve months"),
    "definition": Name("口径", "By which definition"),
    "last_contact": Name("最后联系", "Last contact"),
    "last_staff": Name("联系人", "By"),
    "contacts_before": Name("前六个月联系次数", "Contacts in the six months before"),
    "leaving": Name("最可能带走资产的客户", "Where most assets may leave"),
    "likelihood": Name("十二个月流失可能", "Likelihood, 12 months"),
    "likelihood_3m": Name("三个月流失可能", "Likelihood, 3 months"),
    "assets": Name("月日均资产", "Average assets"),
    "at_stake": Name("按概率计的资产", "Assets at risk"),
    "sign": Name("最强迹象", "Strongest sign"),
    "drift": Name("变化监测", "Has the world moved?"),
    "none_drifted": Name(
        "各特征和评分的分布自训练以来没有超过警戒的变化。",
        "Neither a feature nor the score has moved beyond the alarm since training.",
    ),
    "some_drifted": Name(
        "{n} 项（特征或评分）的分布变化超过警戒：先看“预计与实际”再用概率。新模型每月照常训练一次，赢了才替换。",
        "{n} features or scores have moved beyond the alarm: look at what was said and what came before using the "
        "likelihoods. A new model is trained each month in any case, and takes over if it wins.",
    ),
    "sign_score": Name("三个月流失可能（评分）", "Likelihood of leaving within 3 months (score)"),
    "psi": Name("稳定性指数（PSI）", "Stability index (PSI)"),
    "feature": Name("特征", "Feature"),
    # winning back
    "win_back": Name(
        "赢回的效果：抽中联系的与留作对照的", "What winning back changed: those called against those held out"
    ),
    "looked_at": Name("看的时点", "Looked at"),
    "after_3": Name("抽签后第三个整月（约 90 天）", "Third full month after the draw (about 90 days)"),
    "after_6": Name("抽签后第六个整月（约 180 天）", "Sixth full month after the draw (about 180 days)"),
    "drawn_to_call": Name("抽中联系", "Drawn to be called"),
    "drawn_held_out": Name("留作对照", "Held out"),
    "back_treated": Name("回来比例（联系）", "Back, of those called"),
    "back_held_out": Name("回来比例（对照）", "Back, of those held out"),
    "back_effect": Name("效果（百分点）", "Effect (points)"),
    "back_detectable": Name("能看出的最小效果", "Smallest effect it could show"),
    "back_assets": Name("每位多留资产", "More assets each"),
    "back_verdict": Name("结论", "Verdict"),
    "helped": Name("有效", "It helped"),
    "hurt": Name("适得其反", "It hurt"),
    "no_difference_found": Name("未看出差别", "No difference found"),
    "win_back_helped": Name(
        "赢回有效：抽签 {n} 位，联系的客户回来得更多，超出偶然。回来指月日均达到流失前年日均的一半。",
        "Winning back works: of {n} drawn, more of those called came back than of those left alone, beyond chance. Back "
        "means holding on average at least half of the year before.",
    ),
    "win_back_hurt": Name(
        "适得其反：抽签 {n} 位，联系的客户回来得更少，超出偶然。先停下来，看看打的是什么电话。",
        "It hurts: of {n} drawn, fewer of those called came back than of those left alone, beyond chance. Stop, and look "
        "at what is said in these calls.",
    ),
    "win_back_no_difference_found": Name(
        "抽签 {n} 位，联系与不联系看不出差别；比“能看出的最小效果”更小的效果不能排除。看出 {worth} 点的差别约需抽签 {needed} 位。",
        "Of {n} drawn no difference between calling and leaving alone was found; an effect smaller than the smallest it "
        "could show is not ruled out. A difference of {worth} points takes about {needed} draws.",
    ),
    "win_back_too_little_data": Name(
        "还看不出：抽签 {n} 位，满三个整月的、或回来的，还太少。要有八成把握看出 {worth} 点的差别，约需抽签 {needed} 位。",
        "Cannot tell yet: of {n} drawn too few have three full months behind them, or came back. To find a difference of "
        "{worth} points four times of five takes about {needed} draws.",
    ),
}
