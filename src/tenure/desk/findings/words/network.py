"""The relationship network in words."""

from tenure.contracts.codes import Name

TITLE = Name("客户关系网", "The network")
MEANS = Name(
    "关系来自行内账面：家庭、同住、任职单位、共同账户、法人与股东、担保、上下游、往来转账、介绍人。"
    "“谁会带来客户”先看本人近三十六个月的介绍记录：带来过的人更可能再带来，但一次也可能是偶然，"
    "所以预期值比记录保守，并带 95 % 区间。预期人数乘以被介绍者如今平均持有的资产（已离开者按零计，"
    "特别高的只计到同类最富百分之一的门槛），再加上他们身边“用得少”的客户可能加深的资产。"
    "优质客户指资产居同类前五分之一、除活期账户外还有其他产品者；潜力客户指优质客户一两步之内、"
    "只有活期账户、或已离开、或尚非客户的人。“可加深资产”是同类典型客户的资产减去其现有资产。",
    "Ties come from the bank's own books: family, household, employer, shared accounts, signatories and owners, "
    "guarantees, suppliers and buyers, payments, who brought whom. Who will bring customers is told first by each "
    "customer's own record of thirty-six months: who brought some will sooner bring more, but one may be luck, so what "
    "is expected is more modest than the record and has its 95 % interval. It is multiplied by what those who were "
    "brought hold today on average (who left again holds nothing; the very wealthy count up to where the wealthiest "
    "hundredth of their kind begins). Added is what customers near them who are hardly with us could hold. A good customer is among the fifth of their kind with most assets and has more than a "
    "current account; a prospect stands one or two steps from one and has only that, has left, or never came. The "
    "room is what a typical customer of the kind holds more than they do.",
)
NOT = Name(
    "路径强度只用于排序，不是成功概率；来源标“设定”的机会是公开写明的假设，有自己的记录后才由记录代替。"
    "账面看不到从未成为客户的人，因此“被介绍占比”不是邀请的成功率。"
    "离开后亲属也离开，不等于挽留前者就能留住后者。已销户的人可能已去世，联系前请先核实；"
    "不同意营销的客户不列入，关系属个人信息，不得向客户透露其亲友的情况。",
    "The strength of a path ranks; it is no chance of success. Where the source says assumed, the chances are opinions "
    "stated openly, which the bank's own record replaces once it is long enough. The books do not know outsiders who "
    "never came, so the share brought is not how often asking succeeds. That relatives leave after one another does "
    "not say that keeping the first keeps the second. Somebody who has left may have died: look before you call. Who "
    "refused marketing is not listed; ties are personal data, and nobody is told about their relatives.",
)
WORDS: dict[str, Name] = {
    "now": Name("概况", "At a glance"),
    "tied": Name("有已知关系的客户", "Customers with a known tie"),
    "in_household": Name("有家人也是客户", "With family at the bank"),
    "ties_told": Name("关系数", "Ties"),
    "expected_newcomers": Name("未来十二个月预期带来的新客户", "Newcomers they may bring in 12 months"),
    "tied_share": Name("{tied} 的客户与其他客户有已知关系。", "{tied} of customers have a known tie to another."),
    "newcomers_brought": Name(
        "近三十六个月 {newcomers} 位新客户中，{brought} 位由老客户介绍而来，占 {share}。",
        "Of {newcomers} newcomers of the last thirty-six months, {brought} were brought by a customer: {share}.",
    ),
    "ties": Name("各类关系与新客户来源", "Kinds of tie, and where newcomers come from"),
    "tie": Name("关系", "Tie"),
    "customers_tied": Name("涉及客户", "Customers tied"),
    "newcomers": Name("有此关系的新客户", "Newcomers tied so"),
    "brought": Name("其中被介绍", "Brought through it"),
    "brought_share": Name("被介绍占比", "Share brought"),
    "most_come_by": Name(
        "经“{tie}”介绍来的新客户最多；占比是有这种关系的新客户里由对方介绍的比例。",
        "Most newcomers who were brought came through: {tie}. The share is that of newcomers with such a tie.",
    ),
    "no_referrals": Name(
        "账上还没有介绍记录：请在开户时登记介绍人。",
        "No introductions are on record: take down who brought each newcomer.",
    ),
    "tie_household": Name("同住", "Household"),
    "tie_family": Name("亲属", "Family"),
    "tie_account": Name("共同账户", "Shared account"),
    "tie_representative": Name("法定代表人", "Legal representative"),
    "tie_ownership": Name("股东", "Owner"),
    "tie_referral": Name("曾经介绍", "Brought before"),
    "tie_guarantee": Name("担保", "Guarantee"),
    "tie_supply": Name("上下游", "Supplier or buyer"),
    "tie_payment": Name("经常转账", "Regular payments"),
    "tie_employer": Name("同一单位", "Same employer"),
    "tie_untold": Name("账上没有的关系（如朋友）", "A tie in no book, such as friends"),
    "introducers": Name("谁会带来客户", "Who will bring customers"),
    "manager": Name("客户经理", "Manager"),
    "brought_by_them": Name("已带来", "Brought so far"),
    "expected_12m": Name("未来十二个月预期带来", "Expected in 12 months"),
    "prospects_near": Name("身边潜力客户", "Prospects beside them"),
    "expected_value": Name("预期带来的资产", "Assets expected"),
    "source": Name("依据", "Rests on"),
    "source_fitted": Name("本行记录", "Our record"),
    "source_prior": Name("设定", "Assumed"),
    "source_mixed": Name("记录与设定", "Record and assumption"),
    "introducers_fitted": Name(
        "按预期带来的资产排列；预期人数由本人记录推算，已向全行平均收缩。",
        "By the assets their introductions may bring; the number expected is from their record, drawn to the average.",
    ),
    "introducers_prior": Name(
        "介绍记录不足三十次，预期只依据设定的机会。",
        "Fewer than thirty introductions are on record: what is expected rests on assumed chances.",
    ),
    "prospects_people": Name("一两步之内的潜力个人客户", "People one or two steps away"),
    "prospects_companies": Name("一两步之内的潜力企业客户", "Companies one or two steps away"),
    "prospect": Name("潜力客户", "Prospect"),
    "what_they_are": Name("现状", "Are now"),
    "not_a_customer": Name("尚非客户", "Not a customer"),
    "few_products": Name("只有活期账户", "Current account only"),
    "former_customer": Name("曾是客户", "Was a customer"),
    "introducer": Name("可请谁介绍", "Who can introduce"),
    "their_tie": Name("关系", "Their tie"),
    "through": Name("经由", "Through"),
    "next_tie": Name("再经关系", "Whose tie"),
    "path": Name("路径强度", "Strength of the path"),
    "room": Name("可加深资产", "Room"),
    "prospects_ranked": Name(
        "从 {good} 位优质客户出发，按路径强度与可加深资产排列。",
        "From {good} good customers, by the strength of the path and the room.",
    ),
    "company_groups": Name("集团客户", "Company groups"),
    "ultimate_owner": Name("最终所有人", "Ultimate owner"),
    "companies": Name("企业数", "Companies"),
    "aum": Name("管理资产", "Assets"),
    "largest_member": Name("最大成员", "Largest member"),
    "households": Name("资产最多的家庭", "Households with most assets"),
    "head_of_household": Name("资产最多的成员", "Member with most"),
    "members": Name("客户人数", "Members"),
    "share_of_first": Name("其占家庭资产", "Their share"),
    "hardly_here": Name("只有活期账户者", "With a current account only"),
    "contagion": Name("离开会不会传染", "Does leaving spread"),
    "hazard_ratio": Name("亲属离开后三个月内的离开倍数", "Leaving within 3 months of a relative, times as likely"),
    "likeness": Name("亲属之间本来的相像倍数", "Relatives alike at any time, times as likely"),
    "followed_near": Name("亲属离开后三个月内离开者", "Left within 3 months of a relative"),
    "followed_months": Name("观察期", "Followed through"),
    "contagion_contagion": Name(
        "会：家人或共户人离开后三个月内，离开的可能是相像所能解释的 {ratio} 倍（{low} 至 {high}）。"
        "有人离开时请尽快联系其家人。",
        "Yes: within three months of a relative one leaves {ratio} times as often as likeness explains "
        "({low} to {high}). When somebody leaves, call their family soon.",
    ),
    "contagion_none_that_matters": Name(
        "不会到值得行动的程度：倍数为 {ratio}（{low} 至 {high}），低于 1.5。",
        "Not so that it matters: {ratio} times ({low} to {high}), surely below 1.5.",
    ),
    "contagion_cant_tell": Name(
        "看不出来：倍数为 {ratio}，但区间 {low} 至 {high} 太宽，或与偶然分不开。",
        "It cannot be told: {ratio} times, but the interval of {low} to {high} is too wide, or chance explains it.",
    ),
    "contagion_too_few": Name(
        "看不出来：亲属先后离开的太少（不足二十对）。",
        "It cannot be told: too few relatives left one after the other (fewer than twenty pairs).",
    ),
}
