"""Needs in words."""

from tenure.contracts.codes import Name

TITLE = Name("客户需求", "Needs")
MEANS = Name(
    "需求由规则和购买概率得出；适当性和准入是硬门槛，不合格的产品不会推荐。",
    "Needs come from rules and from the likelihood of opening each kind of product; suitability and eligibility "
    "are hard gates.",
)
NOT = Name(
    "预期价值是概率乘以收益，不是承诺；客户没有说过的需求，要先问。",
    "Expected value is a likelihood times a margin, no promise; a need that the customer never voiced should be "
    "asked about first.",
)
WORDS: dict[str, Name] = {}
