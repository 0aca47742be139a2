"""By which definitions customers count as lost: the same words wherever a topic says it."""

from tenure.contracts.codes import Name

WORDS: dict[str, Name] = {
    "lost_by": Name("怎样算流失", "Who counts as lost"),
    "lost_closed": Name("销户或账户全部关闭", "Left, or closed every account"),
    "lost_dormant": Name("长期无主动交易、几乎无资产", "Long without a transaction, hardly any assets"),
    "lost_fall": Name("资产连续数月远低于自身常态", "Assets for months far below the own level"),
    "lost_main_bank": Name("不再以本行为主办行", "No longer uses us as main bank"),
    "lost_by_definitions": Name(
        "口径与“流失”页相同，由本行设定（thresholds.toml 的 [attrition]）；数字是最近十二个整月按各口径计的流失客户，一人"
        "只计最先成立的一项。",
        "By the bank's own definitions, as on the Attrition page ([attrition] in thresholds.toml). The numbers are the "
        "customers lost in the last twelve closed months, each by the definition that held first.",
    ),
    "lost_by_stand_in": Name(
        "历史不足 18 个整月，本行的流失口径还用不上：这里以销户、账户全部关闭，或资产跌去大半代替。",
        "With fewer than 18 closed months the bank's definitions cannot be used yet: a closed relationship, all accounts "
        "closed, or most of the assets gone stand in for them here.",
    ),
}
