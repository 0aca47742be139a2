"""Effects of campaigns in words."""

from tenure.contracts.codes import Name

TITLE = Name("活动效果", "Effects of campaigns")
MEANS = Name(
    "每次活动都把抽中触达的客户与同批留作对照、没有触达的客户相比。“响应”是触达后九十天内新开了同类产品的账户；“资产变"
    "化”是触达后第三个完整月的月均资产减去触达前一个月。差别按触达之前已知的情况（余额、以往购买、交易、年限）校准，缩"
    "小误差。区间为 95 %，跨过零就说不上有效果。满九十天才下结论。",
    "Each campaign compares the customers drawn for a contact with those held out by chance. A response is an account "
    "of the same kind of product opened within 90 days; the change of assets is the third full month's average less "
    "that of the month before the contact. Differences are adjusted by what was known before (balances, earlier "
    "purchases, transactions, tenure), which makes them surer. Intervals are 95 %: one that holds zero shows no "
    "effect. A campaign is judged once its 90 days are over.",
)
NOT = Name(
    "触达前后相比、响应率高低，都不是效果：不触达也会有人买。“看不出差别”不等于没有效果，只说明小于“能发现的最小效果”"
    "的看不见。活动多了，二十次里总有一次会碰巧“有效”，单次结果请与全部合起来的结果一起看。效果只对这样抽出来的客户成"
    "立；没有对照组的活动，效果无从谈起。",
    "Before against after, or a high response rate, is no effect: some buy without a contact. 'No difference found' "
    "does not mean none; effects smaller than the least that could be found stay unseen. Of twenty campaigns without "
    "effect one looks good by chance, so read a single one beside all together. An effect holds for customers drawn "
    "like these, and a campaign that held nobody out has none to tell.",
)
WORDS: dict[str, Name] = {
    "now": Name("全部活动合计", "All campaigns together"),
    "branch_now": Name("本机构客户参加的活动", "The branch's customers in these campaigns"),
    "effect": Name("效果（百分点）", "Effect (percentage points)"),
    "response_treated": Name("触达组响应率", "Response of the contacted"),
    "response_held_out": Name("对照组响应率", "Response of the held out"),
    "extra": Name("因触达多出的响应人数", "Responses that the contacts brought"),
    "together_helped": Name(
        "{campaigns} 次活动合计有效：九十天内的响应率比对照组高 {effect} 个百分点（{low} 至 {high}）。",
        "Over {campaigns} campaigns contacts helped: {effect} percentage points more responses within 90 days than "
        "among the held out ({low} to {high}).",
    ),
    "together_hurt": Name(
        "{campaigns} 次活动合计适得其反：九十天内的响应率比对照组变动 {effect} 个百分点（{low} 至 {high}）。",
        "Over {campaigns} campaigns contacts hurt: {effect} percentage points of responses within 90 days against the "
        "held out ({low} to {high}).",
    ),
    "together_no_difference_found": Name(
        "{campaigns} 次活动合计看不出差别：{effect} 个百分点（{low} 至 {high}）；这样的规模只能发现 {detectable} 个百"
        "分点以上的效果。",
        "Over {campaigns} campaigns no difference is found: {effect} percentage points ({low} to {high}); effects "
        "below {detectable} points could hardly be seen with so many customers.",
    ),
    "together_too_little_data": Name(
        "{campaigns} 次活动里，有一组的客户或响应太少，还不能下结论。",
        "Over {campaigns} campaigns one arm has too few customers or responses to say anything.",
    ),
    "campaigns": Name("各次活动", "Each campaign"),
    "campaigns_counted": Name(
        "有效 {helped} 次，适得其反 {hurt} 次，看不出差别 {no_difference_found} 次，数据太少 {too_little_data} 次；"
        "未满九十天 {running} 次，没有对照组 {no_control} 次。",
        "Helped: {helped}. Hurt: {hurt}. No difference found: {no_difference_found}. Too little data: "
        "{too_little_data}. 90 days not over: {running}. Nobody held out: {no_control}.",
    ),
    "campaign": Name("活动", "Campaign"),
    "began": Name("触达日期", "Contacts from"),
    "offered": Name("推荐产品", "Offered"),
    "treated": Name("触达组人数", "Contacted"),
    "held_out": Name("对照组人数", "Held out"),
    "detectable": Name("能发现的最小效果", "Least seen"),
    "helped": Name("有效", "Helped"),
    "hurt": Name("适得其反", "Hurt"),
    "no_difference_found": Name("看不出差别", "No difference found"),
    "too_little_data": Name("数据太少，还不能下结论", "Too little data"),
    "effect_points": Name("效果（百分点）", "Effect, points"),
    "share_treated": Name("触达组响应率", "Responded"),
    "share_held_out": Name("对照组响应率", "… held out"),
    "running": Name("未满九十天", "90 days not over"),
    "no_control": Name("没有对照组", "Nobody held out"),
    "assets": Name("对资产的影响", "What became of assets"),
    "assets_each": Name("各次活动对资产的影响", "Assets, by campaign"),
    "asset_effect": Name("人均资产效果", "Effect, each"),
    "detectable_money": Name("能发现的最小效果（人均）", "Least seen, each"),
    "change_treated": Name("触达组人均资产变化", "Contacted"),
    "change_held_out": Name("对照组人均资产变化", "Held out"),
    "assets_helped": Name(
        "触达使人均资产增加 {effect}（{low} 至 {high}）。",
        "Contacts raised assets by {effect} a customer ({low} to {high}).",
    ),
    "assets_hurt": Name(
        "触达使人均资产变动 {effect}（{low} 至 {high}），不升反降。",
        "Contacts changed assets by {effect} a customer ({low} to {high}): downwards.",
    ),
    "assets_no_difference_found": Name(
        "看不出触达影响了资产：人均 {effect}（{low} 至 {high}）。少数大额客户的进出就能盖过活动的影响。",
        "No effect on assets is found: {effect} a customer ({low} to {high}). A few large customers coming and going "
        "outweigh what a campaign may do.",
    ),
    "assets_too_little_data": Name("客户太少，看不出资产的变化。", "Too few customers to say anything of assets."),
    "uplift": Name("该触达谁", "Whom to contact"),
    "over_all": Name("按模型挑选比全部触达多（百分点）", "Model's choice over contacting all (points)"),
    "over_none": Name("按模型挑选比都不触达多（百分点）", "Model's choice over contacting none (points)"),
    "qini": Name("Qini（挑选能力，百分点）", "Qini (power to choose, points)"),
    "auuc": Name("AUUC（曲线下面积，百分点）", "AUUC (area under the curve, points)"),
    "chosen": Name("值得触达的客户数", "Customers worth a contact"),
    "uplift_models": Name("两种模型，各在没见过的客户上检验", "Two models, each judged on customers it had not seen"),
    "model": Name("模型", "Model"),
    "two_model": Name("双模型", "Two models"),
    "class_transformation": Name("类别变换", "Class transformation"),
    "uplift_chooses": Name("值得挑选", "Choosing pays"),
    "uplift_does_not": Name("分不出来", "Cannot tell whom"),
    "uplift_curve": Name(
        "先触达预测最易打动的那一部分，每百位客户多几个响应",
        "Responses gained of a hundred customers, best predicted first",
    ),
    "by_lot": Name("随机触达（对角线）", "Contacting by lot (diagonal)"),
    "uplift_customers": Name("预测最易被打动的客户", "Customers with the largest predicted uplift"),
    "predicted_uplift": Name("预测多响应（百分点）", "Predicted uplift, points"),
    "uplift_target": Name(
        "值得挑选：按模型选出的客户触达，胜过全部触达，也胜过都不触达。",
        "Choosing pays: contacting those the model picks beats contacting all, and contacting none.",
    ),
    "uplift_treat_all": Name(
        "模型还分不出谁会因触达而购买；总体有效，同类客户可一并触达，继续留对照组。",
        "The model cannot tell yet whom a contact moves. Contacts help on the whole: contact all such customers, and "
        "keep holding some out.",
    ),
    "uplift_treat_none": Name(
        "模型还分不出谁会因触达而购买，总体效果也还没有证实：不按模型挑人，先积累更多有对照组的活动。",
        "The model cannot tell yet whom a contact moves, and no effect on the whole is shown: choose nobody by it, and "
        "gather more campaigns with a held-out group first.",
    ),
    # panels
    "panels": Name("体验小组：抽中邀请的与未抽中的", "Panels: those drawn to be invited against those not drawn"),
    "panel": Name("小组", "Panel"),
    "looked_at": Name("看的时点", "Looked at"),
    "after_3": Name("抽签后第三个整月（约 90 天）", "Third full month after the draw (about 90 days)"),
    "after_6": Name("抽签后第六个整月（约 180 天）", "Sixth full month after the draw (about 180 days)"),
    "panel_drawn": Name("抽中", "Drawn"),
    "panel_not_drawn": Name("未抽中", "Not drawn"),
    "gone_drawn": Name("离开比例（抽中）", "Gone, of those drawn"),
    "gone_not_drawn": Name("离开比例（未抽中）", "Gone, of those not drawn"),
    "gone_effect": Name("对离开的影响（百分点）", "Effect on leaving, points"),
    "depth_effect": Name("多持有产品", "More products each"),
    "panels_helped": Name(
        "邀请参加体验小组的客户离开得更少，超出偶然（{panels} 个小组，{n} 位客户）。离开指销户，或月均资产不到抽签前一个月"
        "的一半。",
        "Fewer of those invited to test left, beyond chance ({panels} panels, {n} customers). Gone is who left, or holds "
        "less than half of the month before the draw.",
    ),
    "panels_hurt": Name(
        "适得其反：邀请参加体验小组的客户离开得更多，超出偶然（{panels} 个小组，{n} 位客户）。先看看他们说了什么、得到了什么"
        "答复。",
        "It hurts: more of those invited to test left, beyond chance ({panels} panels, {n} customers). Look at what they "
        "said and what they were answered.",
    ),
    "panels_no_difference_found": Name(
        "{panels} 个小组、{n} 位客户，邀请与否看不出离开的差别；比“能发现的最小效果”更小的效果不能排除。",
        "Of {panels} panels and {n} customers no difference in leaving was found; effects below the least seen are not "
        "ruled out.",
    ),
    "panels_too_little_data": Name(
        "还看不出：{panels} 个小组、{n} 位客户里，满三个整月的或离开的还太少。",
        "Cannot tell yet: of {panels} panels and {n} customers too few have three full months behind them, or left.",
    ),
}
