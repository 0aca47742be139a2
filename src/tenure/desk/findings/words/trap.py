"""The satisfaction trap in words."""

from tenure.contracts.codes import Name
from tenure.desk.findings.words import losing

TITLE = Name("满意度陷阱", "The satisfaction trap")
MEANS = Name(
    "把客户说的满意（最近十二个月最新一次回答，4–5 分为满意）与实际行为放在一起：说满意、行为却像要离开的客户，"
    "就是满意度陷阱。"
    "行为看流失概率、转往本人他行账户的资金（扣除往年同样的节奏）、一年内少持有的产品、到期后没有留下的存款。"
    "陷阱指数是某机构或层级满意客户中“像要离开”的占比减去全行占比（百分点）；各比例按没有回复的客户加权，"
    "小机构向全行收缩，均带 95 % 区间。",
    "What customers say (their newest answer within twelve months, 4–5 being satisfied) is set beside what "
    "they do: those "
    "who say satisfied and behave as if leaving are in the trap. Behaviour is the likelihood of leaving, money sent to "
    "their own accounts elsewhere beyond their yearly rhythm, products given up within a year, and matured "
    "deposits that "
    "did not stay. The index of a branch or tier is its share of satisfied customers who behave as leaving less the "
    "bank's, in points; shares are weighted for those not heard, drawn to the bank's where few, with 95 % intervals.",
)
NOT = Name(
    "象限是当前状态，不是性格，也不是定论：名单上的多数人在半年内并不会离开，请先联系再判断。"
    "指数高不等于机构做得不好，客户本身就不同。没有回复调查的客户不会上名单：估计的满意不是回答。",
    "A quadrant is a present state, not a character and not a verdict: many of those listed do not leave within half a "
    "year, so talk before you judge. A high index does not prove that the branch causes it, for customers "
    "differ. Nobody "
    "who did not answer is listed: an estimated satisfaction is not an answer.",
)
WORDS: dict[str, Name] = {
    **losing.WORDS,
    "now": Name("满意却像要离开的客户", "Satisfied, and behaving as if leaving"),
    "satisfied": Name("满意客户", "Satisfied customers"),
    "trapped": Name("满意却像要离开", "Satisfied but leaving"),
    "trap_share": Name("占满意客户", "Share of the satisfied"),
    "missed": Name("像要离开者中说满意的", "Of those leaving, say satisfied"),
    "trapped_assets": Name("他们的 AUM", "Their assets"),
    "expected_silent": Name("未回复者中预计另有", "Expected among the silent"),
    "nobody_satisfied": Name("没有满意的回答，无从判断。", "Nobody said satisfied; there is nothing to judge."),
    "trap_is": Name(
        "{satisfied} 位满意客户中有 {trapped} 位行为像要离开（加权 {share}，依据：{basis}）。",
        "Of {satisfied} satisfied customers {trapped} behave as if leaving ({share} weighted; judged by {basis}).",
    ),
    "trap_empty": Name(
        "{satisfied} 位满意客户中，目前没有人行为像要离开（依据：{basis}）。",
        "Of {satisfied} satisfied customers none behaves as if leaving at present (judged by {basis}).",
    ),
    "by_outlook": Name("流失概率与行为", "likelihood of leaving and deeds"),
    "by_deeds": Name("行为（尚无流失概率）", "deeds alone, as there is no likelihood of leaving yet"),
    "quadrants": Name("满意与忠诚四象限", "Satisfaction and loyalty"),
    "quadrant": Name("象限", "Quadrant"),
    "loyal_satisfied": Name("满意且忠诚", "Satisfied and staying"),
    "loyal_unhappy": Name("不满但留下", "Unhappy but staying"),
    "leaving_unhappy": Name("不满且像要离开", "Unhappy and leaving"),
    "part": Name("占回复者", "Share of those heard"),
    "assets": Name("AUM", "Assets"),
    "expected": Name("未回复者（预计）", "The silent (expected)"),
    "silent_expected": Name(
        "未回复者各象限的人数是按已知特征与行为估计的期望值，与回复者分开计数，不点名。",
        "For the silent the numbers are expected values from what is known of them, counted apart and naming nobody.",
    ),
    "silent_no_better_than_chance": Name(
        "未回复者的满意度无法可靠估计（预测不比猜好），因此不估。",
        "The satisfaction of the silent cannot be foretold better than by chance, so no number is given.",
    ),
    "silent_too_little_data": Name(
        "满意或不满意的回答太少，不估计未回复者。", "Too few answers of either kind to say anything of the silent."
    ),
    "silent_nobody_silent": Name("所有客户都有回答。", "Everybody has answered."),
    "silent_not_asked_for": Name("未估计未回复者。", "Nothing was estimated for the silent."),
    "branches": Name("各机构的陷阱指数", "Trap index by branch"),
    "tiers": Name("各层级的陷阱指数", "Trap index by tier"),
    "index": Name("陷阱指数（百分点）", "Trap index (points)"),
    "above": Name("高于全行", "Above the bank"),
    "below": Name("低于全行", "Below the bank"),
    "cannot_tell": Name("看不出差别", "Cannot tell"),
    "index_above": Name(
        "全行为 {share}；有 {n} 个高于全行，超出偶然。", "The bank's share is {share}; {n} lie above it beyond chance."
    ),
    "index_alike": Name(
        "全行为 {share}；看不出谁高于全行，差别可能是偶然。",
        "The bank's share is {share}; none lies above it beyond chance.",
    ),
    "reasons": Name("他们的行为", "What they do"),
    "threshold": Name("界线", "Limit"),
    "leaving_probability_high": Name("流失概率高", "High likelihood of leaving"),
    "outflow_high": Name("资金转往本人他行账户", "Money moved to own accounts elsewhere"),
    "products_given_up": Name("一年内持有产品减少", "Products given up within a year"),
    "deposits_not_renewed": Name("到期资金没有留下", "Matured money did not stay"),
    "back_test": Name("回测：行为能否预示流失", "Put to the test: do deeds foretell leaving?"),
    "trapped_left": Name("陷阱客户半年内流失", "Trapped: lost within half a year"),
    "content_left": Name("其他满意客户半年内流失", "Other satisfied: lost within half a year"),
    "auc_satisfaction": Name("AUC：只看满意度", "AUC, satisfaction alone"),
    "auc_both": Name("AUC：加上行为", "AUC, with deeds"),
    "auc_gain": Name("AUC 提升", "AUC gained"),
    "test_beyond_satisfaction": Name(
        "成立：{month} 月末之后半年，陷阱客户流失 {trapped}，其他满意客户 {content}；行为比满意度多说明问题，"
        "且在未见过的时段成立。",
        "It holds: in the half year after {month} {trapped} of the trapped were lost and {content} of the "
        "other satisfied; "
        "deeds say more than satisfaction does, in a period the test had not seen.",
    ),
    "test_not_shown": Name(
        "未能证明：{month} 月末之后半年，陷阱客户流失 {trapped}，其他满意客户 {content}，差别可能是偶然。"
        "名单仅供参考。",
        "Not shown: in the half year after {month} {trapped} of the trapped were lost and {content} of the "
        "other satisfied, "
        "which may be chance. Take the list as a hint.",
    ),
    "test_deeds_beyond_satisfaction": Name(
        "只检验了行为：当时没有未见过此后数据的流失模型，名单所依据的流失概率无从回测。{month} 月末之后半年，行为像要离开的"
        "满意客户流失 {trapped}，其他满意客户 {content}；单凭行为，比满意度多说明问题。",
        "Only the deeds were tested: there is no model of leaving that had not seen what came after, so the likelihood "
        "that the list rests on as well could not be. In the half year after {month} {trapped} of the satisfied whose "
        "deeds spoke of leaving were lost and {content} of the others: deeds alone say more than satisfaction does.",
    ),
    "test_deeds_not_shown": Name(
        "只检验了行为：当时没有未见过此后数据的流失模型，名单所依据的流失概率无从回测。{month} 月末之后半年，行为像要离开的"
        "满意客户流失 {trapped}，其他满意客户 {content}，差别可能是偶然。名单仅供参考。",
        "Only the deeds were tested: there is no model of leaving that had not seen what came after, so the likelihood "
        "that the list rests on as well could not be. In the half year after {month} {trapped} of the satisfied whose "
        "deeds spoke of leaving were lost and {content} of the others, which may be chance. Take the list as a hint.",
    ),
    "over_time": Name("满意在升，忠诚跟上了吗", "Satisfaction and loyalty over time"),
    "csat_before": Name("满意率（此前）", "Satisfied, before"),
    "csat_after": Name("满意率（此后）", "Satisfied, after"),
    "stayed_before": Name("半年留存（此前）", "Stayed half a year, before"),
    "stayed_after": Name("半年留存（此后）", "Stayed half a year, after"),
    "diverge_trap": Name(
        "{before} 到 {after}，满意率上升而留存没有跟上：全行层面的满意度陷阱。",
        "From {before} to {after} satisfaction rose and retention did not follow: the trap at the level of the bank.",
    ),
    "diverge_both_rise": Name(
        "{before} 到 {after}，满意率与留存同时上升。", "From {before} to {after} satisfaction and retention both rose."
    ),
    "diverge_not_rising": Name(
        "{before} 到 {after}，满意率没有上升。", "From {before} to {after} satisfaction did not rise."
    ),
    "diverge_cannot_tell": Name(
        "{before} 到 {after}，看不出满意率上升而留存不升。",
        "From {before} to {after} it cannot be told whether satisfaction rose without retention.",
    ),
    "tiers_over_time": Name("各层级：满意在升，忠诚跟上了吗", "Satisfaction and loyalty over time, by tier"),
    "branches_over_time": Name("各机构：满意在升，忠诚跟上了吗", "Satisfaction and loyalty over time, by branch"),
    "answers": Name("回答数（较少的一期）", "Answers (the fewer of the two)"),
    "satisfied_change": Name("满意率变化（百分点）", "Satisfied, change (points)"),
    "stayed_change": Name("半年留存变化（百分点）", "Stayed half a year, change (points)"),
    "group_trap": Name("满意升，留存未跟上", "Satisfaction rose, retention did not"),
    "group_both_rise": Name("同时上升", "Both rose"),
    "group_not_rising": Name("满意未升", "Satisfaction did not rise"),
    "group_cannot_tell": Name("看不出", "Cannot tell"),
    "groups_trap": Name(
        "{groups} 个可比较的单位中，{n} 个满意率上升而留存没有跟上。",
        "Of {groups} that can be compared, satisfaction rose and retention did not follow in {n}.",
    ),
    "groups_no_trap": Name(
        "{groups} 个可比较的单位中，没有哪个能断定满意上升而留存不升。",
        "Of {groups} that can be compared, none surely rose in satisfaction without retention.",
    ),
    "treatment": Name("怎么对待", "How to treat them"),
    "treat_loyal_satisfied": Name(
        "保持服务水准，请他们推荐，别为冲量去打扰。",
        "Keep the service as it is and ask for introductions; do not sell for volume.",
    ),
    "treat_trapped": Name(
        "别被高分安抚：由熟悉的人先问近况和资金去向，再谈到期与利率。",
        "Do not be soothed by the score: someone they know asks how they are and where the money goes, before any offer.",
    ),
    "treat_loyal_unhappy": Name(
        "先把不满处理完并回访，习惯和不便留住的人走得最突然。",
        "Settle what they are unhappy about and call back: who stays out of habit leaves all at once.",
    ),
    "treat_leaving_unhappy": Name(
        "当面致歉、解决原因；挽留不成就好好办完，留下回来的路。",
        "Apologise in person and mend the cause; where that is too late, part well and leave the way back open.",
    ),
    "listed": Name("名单：满意却像要离开", "The satisfied-but-leaving by name"),
    "answer": Name("回答（1–5）", "Answer (1–5)"),
    "answered_on": Name("回答日期", "Answered on"),
    "outflow_share": Name("转出占资产（超出往常）", "Moved away, beyond the usual"),
    "depth_trend": Name("产品数一年变化", "Products, change in a year"),
    "leaving_probability": Name("六个月流失概率", "Likelihood of leaving, 6 months"),
    "listed_some": Name(
        "共 {n} 位，按 AUM 列出前 {shown} 位。先问近况，再谈产品。",
        "{n} customers, the first {shown} by assets. Ask how they are before you offer anything.",
    ),
    "listed_nobody": Name("目前没有这样的客户。", "There is nobody of this kind at present."),
    # from month to month
    "moves": Name("一个月里，象限之间怎么移动", "From quadrant to quadrant within a month"),
    "from_quadrant": Name("原来", "From"),
    "to_quadrant": Name("现在", "To"),
    "silent": Name("没有近一年的回答", "No answer within a year"),
    "gone": Name("已流失或所剩无几", "Lost, or hardly anything left"),
    "newly_here": Name("新来", "New"),
    "part_of_from": Name("占原象限", "Share of where they were"),
    "moved_assets": Name("原有月日均资产", "Average assets before"),
    "moves_are": Name(
        "{before}末到{after}末：{of} 位满意且忠诚的客户中，{n} 位变得满意却像要离开（原有资产 {assets}）；陷阱中的客户有 {back} "
        "位转回满意且忠诚，{gone} 位已流失。两个月末按同样的规则、只用当时已知的数据判断（依据：{basis}）。",
        "From the end of {before} to the end of {after}: of {of} satisfied and staying {n} turned to satisfied but leaving "
        "(assets before {assets}); of those in the trap {back} came back to satisfied and staying and {gone} are gone. Both "
        "ends are judged alike, with what was known then (by {basis}).",
    ),
    "moves_nobody": Name(
        "{before} 末没有可读的回答，看不出移动。",
        "At the end of {before} nobody had an answer to read, so no move can be told.",
    ),
    "moved_in": Name("本月新进入“满意却像要离开”", "Came into satisfied but leaving within the month"),
    "assets_change": Name("一个月变化", "Change in the month"),
    "moved_in_some": Name(
        "{after} 新进入 {n} 位，月日均资产共 {assets}，按资产列出前 {shown} 位。他们也在每人的今日任务里，附有该谈什么。",
        "{n} came in {after}, with average assets of {assets} together; the first {shown} by assets. They stand on the work "
        "lists too, with what to talk about.",
    ),
    "moved_in_nobody": Name("{after} 没有新进入的客户。", "Nobody came in {after}."),
}
