"""Solutions, the levels at which a bank sells, and what bundles give."""

from __future__ import annotations

from tenure.contracts.codes.name import Name

#: How a solution stands (S9). That its validity has run out is told from its date, not stored.
SOLUTION_STATES: dict[str, Name] = {
    "draft": Name("草拟中", "Draft"),
    "shown": Name("已出示", "Shown"),
    "agreed": Name("全部同意", "Agreed"),
    "partly": Name("部分同意", "Agreed in part"),
    "declined": Name("未采纳", "Declined"),
    "dropped": Name("已放弃", "Dropped"),
    "expired": Name("已过有效期", "Expired"),
}
#: The three levels at which a bank sells (S9), from low to high.
SALE_LEVELS: dict[str, Name] = {
    "product": Name("产品", "Product"),
    "service": Name("产品＋服务", "Product with service"),
    "solution": Name("综合方案", "Solution"),
}
#: What a bundle may give beside its products.
BUNDLE_SERVICES: dict[str, Name] = {
    "fee_waiver": Name("费用减免", "Fees waived"),
    "vip_line": Name("贵宾专线", "A line of their own"),
    "adviser_visit": Name("顾问上门", "Visits by an adviser"),
    "fast_lane": Name("优先办理", "Served first"),
    "safe_box": Name("保管箱", "Safe-deposit box"),
    "airport": Name("机场贵宾厅", "Airport lounge"),
    "health": Name("体检就医服务", "Health service"),
    "tax_advice": Name("税务咨询", "Tax advice"),
    "rate_benefit": Name("利率优惠", "A better rate"),
    "onsite": Name("驻点办理", "Service at their premises"),
}
