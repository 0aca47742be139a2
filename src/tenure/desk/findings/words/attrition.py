"""Attrition in words."""

from tenure.contracts.codes import Name

TITLE = Name("流失", "Attrition")
MEANS = Name(
    "对每位客户，模型给出今后十二个月每个月的流失可能，以及主要理由。模型只用当时已知的数据训练，在更晚的月份上检验。",
    "For each customer the model says how likely they are to leave in each of the next twelve months, and why. "
    "It learns only from what was known at the time and is tested on later months.",
)
NOT = Name(
    "理由是模型看到的迹象，不是证明过的原因；可能性高不等于联系有用——效果要靠对照组检验。",
    "Reasons are signs the model saw, not proven causes; and a high likelihood does not mean that contact helps: "
    "only a held-out group tells.",
)
WORDS: dict[str, Name] = {
    "survival": Name("仍在本行的概率", "Likelihood of still being here"),
    "months_ahead": Name("今后月数", "Months ahead"),
}
