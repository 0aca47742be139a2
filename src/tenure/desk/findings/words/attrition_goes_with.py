"""What goes with leaving, in words."""

from tenure.contracts.codes import Name

WORDS: dict[str, Name] = {
    "goes_with": Name("什么与流失相伴", "What goes with leaving"),
    "goes_with_is": Name(
        "{month}末在行的 {n} 位客户，按当时已知的情况跟踪 {months} 个月，其中 {lost} 位流失。倍数是：其他几项相同时，这一项每多一个单位，"
        "流失快慢变为几倍；1 倍为无差别。说的是什么与流失相伴，不是什么造成流失：改变它，客户未必就留下。两位客户中，这些倍数"
        "能在 {ordered} 的情形下说对谁先流失（瞎猜为一半）。即使全无关联，每二十项中也约有一项会显出差别。",
        "{n} customers here at the end of {month} were followed for {months} months with what was known then; {lost} of them left. "
        "The ratio says how many times as fast customers leave for each unit more, the other rows being equal; 1 is no "
        "difference. It tells what goes with leaving and not what causes it: customers need not stay because it is "
        "changed. Of two customers these ratios say in {ordered} of cases which one left first (guessing: half). Where nothing went with "
        "leaving, about one row in twenty would still read as a difference.",
    ),
    "goes_with_what": Name("项目", "What"),
    "goes_per": Name("单位", "For"),
    "hazard_ratio": Name("流失快慢（倍）", "Hazard ratio"),
    "goes_reads": Name("读法", "In words"),
    "goes_over_time": Name("是否随时间变化", "Over the months"),
    "ratio_early": Name("先流失的一半中", "Among the half that left first"),
    "ratio_late": Name("后流失的一半中", "Among the half that left later"),
    # units
    "per_five_years": Name("每多五年", "each five years more"),
    "per_ten_years": Name("每大十岁", "each ten years more"),
    "per_group": Name("每多一类", "each group more"),
    "per_doubling": Name("每多一倍", "each doubling"),
    "per_ten_points": Name("每多十个百分点", "each ten points more"),
    "per_active_month": Name("每多一个月", "each month more"),
    "with_against_without": Name("有，与没有相比", "with, against without"),
    # what was known
    "goes_tenure_months": Name("在行时间", "Time with us"),
    "goes_age": Name("年龄", "Age"),
    "goes_product_groups": Name("持有产品大类", "Groups of products held"),
    "goes_aum": Name("资产（月日均）", "Assets, average of the month"),
    "goes_same_name_3m": Name(
        "近三个月转出中转往本人他行账户的占比", "Share of three months' outflow to the own account elsewhere"
    ),
    "goes_payroll_months_3m": Name("近三个月有代发", "Payroll here in the last three months"),
    "goes_active_months_12m": Name("近十二个月中有主动交易的月数", "Months with a transaction, of twelve"),
    "goes_digital_share_12m": Name(
        "近一年交易中手机和网银的占比", "Share of mobile and online in the year's transactions"
    ),
    "goes_complaints_12m": Name("近一年有投诉", "A complaint in the last twelve months"),
    # how a ratio reads
    "goes_sooner": Name("流失更快", "They leave sooner"),
    "goes_later": Name("留得更久", "They stay longer"),
    "goes_unclear": Name("看不出差别", "No difference found"),
    "goes_too_few": Name("数据太少", "Too little data"),
    # and whether it holds
    "goes_holds": Name("看不出变化", "No change found"),
    "goes_fades": Name("逐渐减弱", "It fades"),
    "goes_grows": Name("逐渐增强", "It grows"),
    "goes_changes": Name("前后不同", "It changes"),
}
