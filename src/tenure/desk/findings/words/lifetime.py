"""Lifetime in words: silence, purchases, what is kept."""

from tenure.contracts import codes
from tenure.contracts.codes import Name

TITLE = Name("静默、复购与持有年限", "Silence, purchases and time held")
MEANS = Name(
    "三个问题，三类模型，只用已结束的月份，每月学一次。一、谁还会自己来：把每个完整月份看作一次机会（有没有客户自己做的"
    "交易），用 BG/BB 模型推算每位客户还在的概率和今后 12 个月会有交易的月数；概率不到一半而账户未销的，列为“很可能已"
    "静默离开”。二、还会买多少：理财申购用 Pareto/NBD（旁边放 BG/NBD），金额用 Gamma–Gamma。三、持有多久：每年新开的"
    "客户持有一类产品能留多久（定期到期后 31 天内再存算续存），用 sBG，持有时间本身起作用时用 BdW。每个模型都先用较早的"
    "月份去推最近一年，推算与实际并排给出；推得不准的，不列名单、不给预测。区间为 95 %，只含参数的不确定。",
    "Three questions, three kinds of model, closed months only, learned once a month. Who still comes of their own "
    "accord: each closed month is an opportunity, taken or not (a transaction the customer made); BG/BB gives each "
    "customer's chance of still being there and the months with a transaction in the next twelve. Below one half, "
    "with accounts not closed, a customer has probably gone silently. How much will be bought: investments, by "
    "Pareto/NBD with BG/NBD beside it, amounts by Gamma–Gamma. How long things are kept: each year's new holders of a "
    "category (a time deposit laid out again within 31 days goes on), by sBG, or by BdW where time itself matters. "
    "Each model has first to foretell the last year from the months before, foretold beside actual; where it fails, "
    "nobody is named and nothing foretold. Intervals are 95 % and hold the uncertainty of the parameters only.",
)
NOT = Name(
    "静默不等于流失：只放一笔定期、一年不动的客户也会静默，钱却都在；先看资产再联系。概率是同样记录的客户的平均，不是"
    "对某一位的判断。留存率随年限上升，多半只是爱走的先走了，不证明客户越来越忠诚；“早几年的客户留得好”也因为走掉的已不在"
    "账上，所以从有销户记录时起算。剩余年限是折现后的年数，按每季末仍持有计，不可与别的口径相比。模型不知道利率、季节和"
    "他行，也不说明做什么能改变它。",
    "Silence is not leaving: whoever keeps one deposit for a year is silent with all the money here. Look at the assets "
    "before you call. A chance is the average of customers with the same record, no judgement of one. Retention that "
    "rises with age mostly means that those who leave easily have left, not that anybody grew more loyal; and older "
    "years look good because those who left are no longer on the books, so they are counted only from the first "
    "closing on file. Years ahead are discounted and counted at the end of each quarter still held: never compare them "
    "with figures of another convention. The models know nothing of rates, seasons or other banks, and do not say what "
    "would change anything.",
)
WORDS: dict[str, Name] = {
    "now": Name("谁还会自己来", "Who still comes of their own accord"),
    "seen_acting": Name("两年内有过自己的交易、账户未销", "Acted within two years, not closed"),
    "acted_lately": Name("最近三个月有交易", "Acted in the last three months"),
    "silent": Name("很可能已静默离开", "Probably gone silently"),
    "alive_mean": Name("还在的概率，平均", "Chance of being there, mean"),
    "months_ahead": Name("今后 12 个月有交易的月数", "Months with a transaction in the next 12"),
    "silence_told": Name(
        "{n} 位客户两年内有过自己的交易且没有销户，其中 {lately} 位最近三个月还有；{silent} 位很可能已静默离开。",
        "{n} customers acted within two years and have not closed, {lately} of them in the last three months; {silent} "
        "have probably gone silently.",
    ),
    "silence_unchecked": Name(
        "{n} 位客户两年内有过自己的交易且没有销户，其中 {lately} 位最近三个月还有。模型推算 {silent} 位已静默，但没有"
        "通过检验（或历史太短，无法检验），不列名单。",
        "{n} customers acted within two years and have not closed, {lately} of them in the last three months. The model "
        "says {silent} are gone, but it did not pass its check, or history is too short for one: nobody is named.",
    ),
    "silence_cannot_tell": Name(
        "{n} 位客户两年内有过自己的交易且没有销户，其中 {lately} 位最近三个月还有。数据看不出客户会不会静默离开、怎样离开"
        "（通常是几乎没有人静默），因此不给概率。",
        "{n} customers acted within two years and have not closed, {lately} of them in the last three months. The data "
        "do not tell how customers fall silent (mostly because hardly anybody did), so no chances are given.",
    ),
    "silence_too_little": Name(
        "只有 {n} 位客户有过自己的交易（最近三个月 {lately} 位），太少，还不能推算。",
        "Only {n} customers were seen to act ({lately} in the last three months): too few to tell anything.",
    ),
    "alive_spread": Name("还在的概率的分布", "How the chances of being there are spread"),
    "acting_check": Name(
        "检验：按此前有交易的月数，推算与实际的有交易月数（每人）",
        "The check: months with a transaction foretold and actual, a head, by months before",
    ),
    "buying_check": Name(
        "检验：按此前复购天数，推算与实际的申购天数（每人）",
        "The check: days with a purchase foretold and actual, a head, by repeat purchases before",
    ),
    "actual": Name("实际", "Actual"),
    "foretold": Name("推算", "Foretold"),
    "check_close": Name(
        "保留的时间里推算合计 {foretold}，实际 {actual}；各组的误差合计 {error}：推得准。",
        "In the time held out {foretold} were foretold and {actual} came; the classes are off by {error}: close.",
    ),
    "check_rough": Name(
        "保留的时间里推算合计 {foretold}，实际 {actual}；各组的误差合计 {error}：可用来排序，合计只看大概。",
        "In the time held out {foretold} were foretold and {actual} came; the classes are off by {error}: good for "
        "ranking, rough for totals.",
    ),
    "check_off": Name(
        "保留的时间里推算合计 {foretold}，实际 {actual}；各组的误差合计 {error}：推得不准，不作依据。",
        "In the time held out {foretold} were foretold and {actual} came; the classes are off by {error}: not to be "
        "relied on.",
    ),
    "not_checked": Name(
        "历史太短或客户太少，还不能检验；没有检验过的模型不作依据。",
        "History is too short or customers too few for a check; an unchecked model is nothing to rely on.",
    ),
    "silent_customers": Name("很可能已静默离开的客户", "Customers who have probably gone silently"),
    "silent_listed": Name(
        "共 {all} 位，按资产列出前 {n} 位。先看看钱是否还在，再问近况。",
        "{all} in all, the first {n} by assets. See whether the money is still here, then ask how they are.",
    ),
    "silent_withheld": Name(
        "模型没有通过检验，或还不能检验：不列名单。",
        "The model did not pass a check, or none is possible yet: nobody is named.",
    ),
    "nobody_silent": Name("没有客户像是已静默离开。", "No customer looks as if gone silently."),
    "aum": Name("资产", "Assets"),
    "acted_months": Name("有交易的月数", "Months with a transaction"),
    "last_acted": Name("最近一次", "The last"),
    "alive": Name("还在的概率", "Chance of being there"),
    "buying": Name("理财申购", "Purchases of investments"),
    "buyers": Name("两年内申购过的客户", "Bought within two years"),
    "buyers_alive": Name("还会再买的概率，平均", "Chance of still being a buyer, mean"),
    "purchases_ahead": Name("今后 12 个月的申购天数", "Days with a purchase in the next 12 months"),
    "amount_ahead": Name("今后 12 个月的申购金额", "Amount bought in the next 12 months"),
    "spend": Name("每次金额，期望", "Expected amount a purchase"),
    "buying_told": Name(
        "{n} 位客户今后 12 个月预计有 {purchases} 个申购日（{low} 至 {high}），由 {model} 推算，已通过检验。",
        "{n} customers are expected to buy on {purchases} days of the next twelve months ({low} to {high}), by {model}, "
        "which passed its check.",
    ),
    "buying_bg_nbd": Name(
        "{n} 位客户今后 12 个月预计有 {purchases} 个申购日（{low} 至 {high}），由 {model} 推算；它认为没有复购过的客户"
        "永远都在，因此合计偏高，也不给“还在”的概率。",
        "{n} customers are expected to buy on {purchases} days of the next twelve months ({low} to {high}), by {model}. It "
        "takes whoever never bought twice for still there, so the total is rather high, and no chance is given.",
    ),
    "buying_unchecked": Name(
        "{n} 位客户申购过，但模型没有通过检验（或还不能检验），不给预测。",
        "{n} customers bought, but the model did not pass its check, or none is possible yet: nothing is foretold.",
    ),
    "buying_cannot_tell": Name(
        "{n} 位客户申购过；从他们的记录看不出会怎样停下来，不给预测。",
        "{n} customers bought; their records do not tell how they stop, so nothing is foretold.",
    ),
    "buying_too_little": Name(
        "只有 {n} 位客户申购过，或几乎无人复购，太少，不给预测。",
        "Only {n} customers bought, or hardly any of them twice: too few to foretell anything.",
    ),
    "buying_amount": Name("申购金额", "Amounts bought"),
    "spend_depends_on_frequency": Name(
        "买得多的客户每次金额明显不同，模型的前提不成立，不给金额。",
        "Those who buy often buy clearly other amounts, which the model rules out: no amount is given.",
    ),
    "spend_has_no_mean": Name(
        "客户之间金额差得太大，没有可靠的平均数，不给金额。",
        "Amounts differ so much between customers that they have no mean to rely on: no amount is given.",
    ),
    "amount_cannot_tell": Name(
        "申购两次以上的客户太少，或数据定不出参数，不给金额。",
        "Too few bought twice, or the data do not determine the parameters: no amount is given.",
    ),
    "kept": Name("各年新客户持有多久", "How long each year's new holders keep what they hold"),
    "kept_told": Name(
        "剩余年限按每季末仍持有计一次，年折现率 {rate}。用最近一年之前的数推最近一年：{checked} 组里 {met} 组与实际的差别"
        "不超出两者的误差。",
        "Years ahead count each end of a quarter at which it is still held, discounted at {rate} a year. Foretold without "
        "the last year, {met} of {checked} cohorts differ from what came by no more than both are uncertain.",
    ),
    "kept_unchecked": Name(
        "剩余年限按每季末仍持有计一次，年折现率 {rate}。看得还不够久，推算还不能检验。",
        "Years ahead count each end of a quarter at which it is still held, discounted at {rate} a year. Nothing has been "
        "watched for long enough to check what is foretold.",
    ),
    "kept_too_little": Name(
        "还没有哪一年的新客户够多、看得够久，或没有一笔销户记录。",
        "No year's new holders are many enough or watched for long enough, or no closing is on file.",
    ),
    "category": Name("类别", "Category"),
    "year": Name("开始年份", "Began in"),
    "cohort": Name("开始计数时的客户", "Customers when counting began"),
    "ages": Name("看到的月龄", "Months of age seen"),
    "kept_seen": Name("实际仍持有", "Still held, seen"),
    "kept_model": Name("模型", "By the model"),
    "kept_share": Name("仍持有", "Still held"),
    "kept_lately": Name("最近一年留住，实际", "Kept over the last year, actual"),
    "kept_foretold": Name("最近一年留住，推算", "Kept over the last year, foretold"),
    "model": Name("模型", "Model"),
    "retention_first": Name("每季留住，最初", "Kept a quarter, at first"),
    "retention_last": Name("每季留住，现在", "Kept a quarter, now"),
    "years_ahead": Name("剩余年限（折现）", "Years ahead, discounted"),
    "retention_rises": Name(
        "{year} 年的 {n} 位（自第 {from} 个月起）：每季留住从 {early} 升到 {late}。这是因为爱走的先走了，不是谁变得更忠诚。",
        "{n} of {year}, from month {from} on: kept a quarter rises from {early} to {late}. That is because those who leave "
        "easily left first; nobody need have become more loyal.",
    ),
    "retention_rises_own": Name(
        "{year} 年的 {n} 位（自第 {from} 个月起）：每季留住从 {early} 升到 {late}，除爱走的先走之外，同一位客户也是持有越久越"
        "不走。",
        "{n} of {year}, from month {from} on: kept a quarter rises from {early} to {late}. Besides that those who leave "
        "easily left first, each customer is the less likely to leave the longer they hold.",
    ),
    "retention_rises_despite": Name(
        "{year} 年的 {n} 位（自第 {from} 个月起）：每季留住从 {early} 升到 {late}，只因爱走的先走了；同一位客户其实是持有越久"
        "越容易走。",
        "{n} of {year}, from month {from} on: kept a quarter rises from {early} to {late}, but only because those who leave "
        "easily left first; each customer is the more likely to leave the longer they hold.",
    ),
    "retention_flat": Name(
        "{year} 年的 {n} 位（自第 {from} 个月起）：每季留住一直在 {early} 左右（现在 {late}）。",
        "{n} of {year}, from month {from} on: kept a quarter stays at {early} ({late} now).",
    ),
    "retention_falls": Name(
        "{year} 年的 {n} 位（自第 {from} 个月起）：每季留住从 {early} 降到 {late}：持有越久越容易走。",
        "{n} of {year}, from month {from} on: kept a quarter falls from {early} to {late}: the longer held, the more likely "
        "given up.",
    ),
    "cannot_tell": Name("看不出", "Cannot tell"),
    "parameters": Name("各模型的参数", "The models' parameters"),
    "parameter": Name("参数", "Parameter"),
    "estimate": Name("估计", "Estimate"),
    "standard_error": Name("标准误", "Standard error"),
    "bg_bb": Name("BG/BB", "BG/BB"),
    "pareto_nbd": Name("Pareto/NBD", "Pareto/NBD"),
    "bg_nbd": Name("BG/NBD", "BG/NBD"),
    "gamma_gamma": Name("Gamma–Gamma", "Gamma–Gamma"),
    "sbg": Name("sBG", "sBG"),
    "bdw": Name("BdW", "BdW"),
    **{
        f"kept_{code}": Name(f"{name.zh}：开始后各月仍持有", f"{name.en}: still held by months since the start")
        for code, name in codes.PRODUCT_CATEGORIES.items()
        if code not in ("mortgage", "consumer_loan", "business_loan")
    },
}
