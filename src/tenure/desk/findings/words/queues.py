"""Waiting at the branches in words."""

from tenure.contracts.codes import Name

TITLE = Name("排队与窗口", "Queues and counters")
MEANS = Name(
    "取最近几个月的叫号记录：客户何时来、等多久、多少人没等到就走了，以及要让多数客户按本行的目标及时被叫到，"
    "每个时段需要几个窗口；目标（多少客户、几分钟内）和月数由本行设定，写在各段的结论里。"
    "同一天的客户一起等，互不独立：区间和是否达标都按天计算。"
    "需要的窗口数按 Erlang A 模型推算：到达、办理时长和耐心都由本机构的记录拟合，并计入忙闲日的差别。",
    "From the queue tickets of the last months: when customers come, how long they wait, how many leave unserved, and "
    "how many counters each hour takes so that customers are called in time. What in time means, for what share of "
    "customers, and how many months are looked at is the bank's to set; the sentences below say it. Those who come on "
    "one day wait together, so intervals and verdicts count days. The counters are reckoned with Erlang A: arrivals, "
    "service and patience are fitted to the branch's own tickets, busy and quiet days included.",
)
NOT = Name(
    "“在岗窗口”是从首次到末次叫号推出来的，不是排班表：中途离岗看不出来。弃号的人何时离开机器不知道，耐心因此是估计。"
    "模型把每个时段看作稳定状态，开门时的长队会延续到下一小时；推算与实际的差距列在下面，差距大时先核实再排班。",
    "Counters at hand are read from the first call to the last, not from a roster: who stepped away is not seen. The "
    "machine does not know when somebody left, so patience is an estimate. The model takes each hour as steady, while "
    "a morning's queue lasts into the next; how far it was from what happened is shown, and where it was far, check "
    "before you plan by it.",
)
WORDS: dict[str, Name] = {
    "now": Name("概况", "At a glance"),
    "tickets_a_day": Name("每日取号", "Tickets a day"),
    "wait": Name("平均等候（已办理）", "Mean wait of the served"),
    "within": Name("及时叫到", "Called in time"),
    "abandonment": Name("弃号率", "Left unserved"),
    "bank_short": Name(
        "近 {months} 个月 {within} 的客户在 {minutes} 分钟内被叫到（目标 {wanted}）；{branches} 家机构中有 {short} 家未达标，超出偶然。",
        "In the last {months} months {within} were called within {minutes} minutes (wanted: {wanted}); {short} of {branches} branches fall short "
        "beyond chance.",
    ),
    "bank_enough": Name(
        "近 {months} 个月 {within} 的客户在 {minutes} 分钟内被叫到（目标 {wanted}）；没有机构明显未达标。",
        "In the last {months} months {within} were called within {minutes} minutes (wanted: {wanted}); no branch falls short beyond chance.",
    ),
    "branch_short": Name(
        "近 {months} 个月 {within} 的客户在 {minutes} 分钟内被叫到，未达目标 {wanted}。",
        "In the last {months} months {within} were called within {minutes} minutes: short of the {wanted} wanted.",
    ),
    "branch_close": Name(
        "近 {months} 个月 {within} 的客户在 {minutes} 分钟内被叫到，与目标 {wanted} 分不出高低。",
        "In the last {months} months {within} were called within {minutes} minutes: not to be told from the {wanted} wanted.",
    ),
    "branch_reached": Name(
        "近 {months} 个月 {within} 的客户在 {minutes} 分钟内被叫到，达到目标 {wanted}。",
        "In the last {months} months {within} were called within {minutes} minutes: the {wanted} wanted is reached.",
    ),
    "branches": Name("各机构", "Branches"),
    "counters_peak": Name("最忙时段在岗窗口", "Counters at hand, peak"),
    "needed_peak": Name("最忙时段需要", "Needed at the peak"),
    "short": Name("未达标", "Falls short"),
    "close": Name("接近目标", "Close to it"),
    "reached": Name("达标", "Reached"),
    "check": Name("推算与实际", "The formula and what happened"),
    "predicted_within": Name("及时叫到（推算）", "Called in time, reckoned"),
    "predicted_abandonment": Name("弃号率（推算）", "Left unserved, reckoned"),
    "check_close": Name(
        "推算与实际的及时率平均相差 {gap} 个百分点，可以用来排窗口。",
        "Reckoned and actual differ by {gap} points on average: good enough to plan with.",
    ),
    "check_far": Name(
        "推算与实际的及时率平均相差 {gap} 个百分点：窗口数只作参考，先看各机构的差距。",
        "Reckoned and actual differ by {gap} points on average: take the counters as a hint and look at each "
        "branch's gap.",
    ),
    "check_impossible": Name(
        "缺少办理时长或窗口记录，无法推算。", "No service times or counters on record; nothing can be reckoned."
    ),
    "arrivals": Name("每小时来客", "Customers an hour"),
    "working_day": Name("工作日", "Working day"),
    "weekend": Name("周末", "Weekend"),
    "parts": Name("队列的构成", "What the queue is made of"),
    "service": Name("平均办理时长", "Mean service"),
    "patience": Name("平均耐心", "Mean patience"),
    "busyness": Name("忙闲日差别", "Spread between days"),
    "odd": Name("时间有误的号票", "Tickets with impossible times"),
    "arrivals_poisson": Name(
        "每天来客的起伏与偶然相符。", "From day to day arrivals vary no more than chance would have them."
    ),
    "arrivals_overdispersed": Name(
        "各天来客的起伏大于偶然：有些天就是更忙，窗口数已把这一点算进去。",
        "Arrivals vary from day to day beyond chance: some days are busier, and the counters allow for it.",
    ),
    "arrivals_cannot_tell": Name("天数太少，看不出忙闲差别。", "Too few days to tell busy from quiet ones."),
    "working_days": Name("工作日：每小时需要几个窗口", "Working days: counters by the hour"),
    "weekends": Name("周末：每小时需要几个窗口", "Weekends: counters by the hour"),
    "hour": Name("时段", "Hour"),
    "rate": Name("每小时来客", "Customers an hour"),
    "counters": Name("在岗窗口", "Counters at hand"),
    "needed": Name("需要窗口", "Counters needed"),
    "more": Name("需增开", "Open more"),
    "enough": Name("足够", "Enough"),
    "plan_more": Name(
        "要让 {wanted} 的客户在 {minutes} 分钟内被叫到，有 {hours} 个时段需要增开窗口。",
        "To call {wanted} within {minutes} minutes, {hours} hours of the day take more counters.",
    ),
    "plan_enough": Name(
        "按 {minutes} 分钟内叫到 {wanted} 的目标，各时段窗口足够。",
        "For {wanted} within {minutes} minutes the counters suffice at every hour.",
    ),
}
