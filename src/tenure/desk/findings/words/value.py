"""Customer value in words."""

from tenure.contracts.codes import Name

TITLE = Name("客户价值", "Customer value")
MEANS = Name(
    "客户价值是今后若干个月每笔持有的净收益（按内部转移价、扣除服务成本和预期损失）乘以留存概率后折现的和。",
    "A customer's value is the margin of each holding (at transfer prices, less cost to serve and expected loss) "
    "times the likelihood of still being here, discounted and summed.",
)
NOT = Name(
    "它以今天的持有为准，不含以后可能新增的业务；区间之内的差别不说明谁更有价值。",
    "It takes today's holdings and no business that may come; differences within the intervals do not say who is "
    "worth more.",
)
WORDS: dict[str, Name] = {}
