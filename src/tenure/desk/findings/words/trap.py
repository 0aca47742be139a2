"""The satisfaction trap in words."""

from tenure.contracts.codes import Name

TITLE = Name("满意度陷阱", "The satisfaction trap")
MEANS = Name(
    "把客户说的满意与实际行为放在一起：满意却正在离开的客户，就是满意度陷阱。",
    "What customers say is set beside what they do: those who are satisfied and leaving all the same are in the "
    "satisfaction trap.",
)
NOT = Name(
    "象限是当前状态，不是性格；没有回复调查的客户，其满意度是估计的，单独列出。",
    "A quadrant is a present state, not a character; for those who answered no survey satisfaction is estimated, "
    "and counted apart.",
)
WORDS: dict[str, Name] = {}
