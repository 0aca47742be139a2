"""Balances and what is held."""

from __future__ import annotations

from tenure.contracts.columns import Column, boolean, date, integer, json, money, rate

BALANCES: tuple[Column, ...] = (
    money(
        "aum",
        "管理资产 AUM",
        "Assets under management",
        formula_zh="存款余额 + 投资类市值（统计日日终）",
        formula_en="deposits + investments at the end of as_of",
    ),
    money(
        "deposit",
        "存款余额",
        "Deposits",
        formula_zh="活期 + 定期 + 大额存单（统计日日终）",
        formula_en="demand + time deposits + certificates at the end of as_of",
    ),
    money(
        "investment",
        "投资余额",
        "Investments",
        formula_zh="理财 + 基金 + 保险 + 国债 + 贵金属（统计日日终）",
        formula_en="wealth management + funds + insurance + bonds + metal at the end of as_of",
    ),
    money(
        "loan",
        "贷款余额",
        "Loans",
        formula_zh="各类贷款与信用卡欠款（统计日日终）",
        formula_en="loans and card debt at the end of as_of",
    ),
    money("net_worth", "净资产（本行）", "Net worth with us", formula_zh="AUM − 贷款余额", formula_en="aum − loan"),
    money(
        "aum_month_average",
        "AUM 月日均",
        "AUM, average of the month to date",
        formula_zh="Σ B(d) ÷ D，d 自本月 1 日至统计日",
        formula_en="Σ B(d) ÷ D over the month to date",
    ),
    money(
        "aum_quarter_average",
        "AUM 季日均",
        "AUM, average of the quarter to date",
        formula_zh="Σ B(d) ÷ D，d 自本季首日至统计日",
        formula_en="Σ B(d) ÷ D over the quarter to date",
    ),
    money(
        "aum_year_average",
        "AUM 年日均",
        "AUM, average of the year to date",
        formula_zh="Σ B(d) ÷ D，d 自 1 月 1 日至统计日",
        formula_en="Σ B(d) ÷ D over the year to date",
    ),
    money(
        "aum_last_month_average",
        "AUM 上月日均",
        "AUM, average of last month",
        formula_zh="Σ B(d) ÷ D，上一个完整月",
        formula_en="Σ B(d) ÷ D over the last whole month",
    ),
    money(
        "deposit_month_average",
        "存款月日均",
        "Deposits, average of the month to date",
        formula_zh="Σ 存款(d) ÷ D，本月",
        formula_en="Σ deposits(d) ÷ D over the month to date",
    ),
    money(
        "deposit_quarter_average",
        "存款季日均",
        "Deposits, average of the quarter to date",
        formula_zh="Σ 存款(d) ÷ D，本季",
        formula_en="Σ deposits(d) ÷ D over the quarter to date",
    ),
    money(
        "deposit_year_average",
        "存款年日均",
        "Deposits, average of the year to date",
        formula_zh="Σ 存款(d) ÷ D，本年",
        formula_en="Σ deposits(d) ÷ D over the year to date",
    ),
    money(
        "loan_month_average",
        "贷款月日均",
        "Loans, average of the month to date",
        formula_zh="Σ 贷款(d) ÷ D，本月",
        formula_en="Σ loans(d) ÷ D over the month to date",
    ),
    money(
        "aum_change_3m",
        "AUM 三个月变动",
        "Change of AUM in three months",
        formula_zh="本月日均 − 三个月前的月日均",
        formula_en="average of the month to date − average of the month three months before",
    ),
    rate(
        "aum_share_rank",
        "AUM 排位",
        "Rank by AUM",
        unit="share",
        formula_zh="AUM 月日均不低于本客户的在册客户占比（已销户者为空）",
        formula_en="share of the customers still here whose monthly average AUM is at least this one's; empty for who left",
    ),
    boolean(
        "in_top_fifth", "前 20%", "In the top 20 %", formula_zh="AUM 排位 ≤ 0.20", formula_en="aum_share_rank ≤ 0.20"
    ),
)

HOLDINGS: tuple[Column, ...] = (
    integer(
        "product_count",
        "持有产品数",
        "Products held",
        unit="products",
        formula_zh="统计日未销户的不同产品数",
        formula_en="distinct products with an open account",
    ),
    integer(
        "category_count",
        "关系深度（品类数）",
        "Depth: categories held",
        unit="categories",
        formula_zh="统计日持有的不同产品类别数",
        formula_en="distinct product categories with an open account",
    ),
    json(
        "categories",
        "持有品类",
        "Categories held",
        formula_zh="持有的产品类别列表",
        formula_en="the categories held, in the order of the contract",
    ),
    integer(
        "tenure_months",
        "客户年限",
        "Tenure",
        unit="months",
        formula_zh="自建立客户关系（或首个开户日）起的整月数",
        formula_en="whole months since the relationship, or the first account, began",
    ),
    date(
        "next_maturity_on",
        "最近到期日",
        "Next maturity",
        formula_zh="未销户账户中最早的到期日（≥ 统计日）",
        formula_en="earliest maturity of an open account on or after as_of",
    ),
    money(
        "next_maturity_amount",
        "最近到期金额",
        "Amount of the next maturity",
        formula_zh="该日到期账户的余额合计",
        formula_en="balances that mature on that day",
    ),
    money(
        "maturing_30d",
        "30 天内到期",
        "Maturing within 30 days",
        formula_zh="30 天内到期的资产余额",
        formula_en="asset balances maturing within 30 days",
    ),
    money(
        "maturing_90d",
        "90 天内到期",
        "Maturing within 90 days",
        formula_zh="90 天内到期的资产余额",
        formula_en="asset balances maturing within 90 days",
    ),
)
