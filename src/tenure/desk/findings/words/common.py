"""Words that several topics use."""

from tenure.contracts.codes import Name

WORDS: dict[str, Name] = {
    "too_little_data": Name("数据太少，还不能下结论。", "Too little data to say anything honest yet."),
    "not_worked_out": Name(
        "昨夜没能算出，原因见“数据”页的夜间步骤。", "Last night could not work this out; the Data page says why."
    ),
    "branch": Name("机构", "Branch"),
    "customers": Name("客户数", "Customers"),
    "customer": Name("客户", "Customer"),
    "answers": Name("回复数", "Answers"),
    "tier": Name("层级", "Tier"),
    "month": Name("月份", "Month"),
    "along_months": Name("月数", "Months"),
    "along_dates": Name("日期", "Date"),
    "along_numbers": Name("组号", "Group"),
    "along_items": Name("项目", "Item"),
    "along_bands": Name("分段", "Band"),
    "reason": Name("理由", "Reason"),
    "value": Name("价值", "Value"),
    "verdict": Name("结论", "Verdict"),
}
