"""What the bank sells: a catalogue with terms, margins, and lives of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.demo.chance import pick_rows
from tenure.demo.clock import NEVER, Days, Window


@dataclass(frozen=True)
class Product:
    """One product; ``rate`` is a yearly percentage, ``spread`` the transfer-price margin, days are ordinals."""

    product_id: str
    name: str
    name_en: str
    category: str
    risk: str | None
    rate: float
    spread: float
    term: int | None
    launched: int
    withdrawn: int

    @property
    def sold_to(self) -> str | None:
        """Whom it is for, as the bank's product register says; None: persons and companies alike."""
        return next((kind for kind, numbers in _SOLD_TO.items() if self.product_id.startswith(numbers)), None)


#: Beginnings of the numbers of products that are for persons alone, and for companies alone.
_SOLD_TO: dict[str, tuple[str, ...]] = {
    "person": ("DD01", "TD", "IN", "BD", "AU", "MG", "CL", "BL02", "CC", "DC", "MB"),
    "company": ("DD02", "BL01", "PS", "ST", "CM"),
}


def catalogue(window: Window) -> list[Product]:
    """The products, some launched and some withdrawn within the window (at fixed shares of its length)."""
    old = window.start - 12_000
    length = window.end - window.start

    def when(share: float) -> int:
        return window.start + round(share * length)

    def line(
        number: str,
        names: tuple[str, str],
        category: str,
        rate: float,
        spread: float,
        term: int | None = None,
        risk: str | None = None,
        life: tuple[float | None, float | None] = (None, None),
    ) -> Product:
        begin = old if life[0] is None else when(life[0])
        end = NEVER if life[1] is None else when(life[1])
        return Product(number, names[0], names[1], category, risk, rate, spread, term, begin, end)

    return [
        line("DD01", ("个人活期存款", "Personal demand deposit"), "demand_deposit", 0.15, 1.55),
        line("DD02", ("单位活期存款", "Corporate demand deposit"), "demand_deposit", 0.20, 1.45),
        line("TD03", ("整存整取三个月", "Time deposit, 3 months"), "time_deposit", 1.15, 0.75, 90),
        line("TD06", ("整存整取六个月", "Time deposit, 6 months"), "time_deposit", 1.35, 0.70, 180),
        line("TD12", ("整存整取一年", "Time deposit, 1 year"), "time_deposit", 1.55, 0.65, 365),
        line("TD24", ("整存整取二年", "Time deposit, 2 years"), "time_deposit", 1.75, 0.60, 730),
        line("TD36", ("整存整取三年", "Time deposit, 3 years"), "time_deposit", 2.10, 0.50, 1095),
        line(
            "CD11",
            ("大额存单一年（第一期）", "Large CD, 1 year, issue 1"),
            "certificate_of_deposit",
            1.95,
            0.40,
            365,
            life=(None, 0.55),
        ),
        line(
            "CD12",
            ("大额存单一年（第二期）", "Large CD, 1 year, issue 2"),
            "certificate_of_deposit",
            1.70,
            0.45,
            365,
            life=(0.45, None),
        ),
        line(
            "CD31", ("大额存单三年", "Large CD, 3 years"), "certificate_of_deposit", 2.60, 0.25, 1095, life=(None, 0.70)
        ),
        line("WM01", ("蓉安·日日盈", "Rong'an Daily"), "wealth_management", 1.90, 0.55, 30, "R1"),
        line(
            "WM31",
            ("蓉安·稳利90天（一代）", "Rong'an Steady 90, first series"),
            "wealth_management",
            2.70,
            0.70,
            90,
            "R2",
            (None, 0.50),
        ),
        line(
            "WM32",
            ("蓉安·稳利90天（二代）", "Rong'an Steady 90, second series"),
            "wealth_management",
            2.45,
            0.70,
            90,
            "R2",
            (0.40, None),
        ),
        line("WM61", ("蓉安·增利180天", "Rong'an Plus 180"), "wealth_management", 2.95, 0.75, 180, "R2"),
        line(
            "WM91", ("蓉安·精选365天", "Rong'an Select 365"), "wealth_management", 3.25, 0.85, 365, "R3", (None, 0.80)
        ),
        line(
            "WM92",
            ("蓉安·固收增强365天", "Rong'an Bond-plus 365"),
            "wealth_management",
            3.10,
            0.80,
            365,
            "R3",
            (0.65, None),
        ),
        line("FD01", ("天府债券基金A", "Tianfu Bond Fund A"), "fund", 0.0, 0.60, None, "R2"),
        line("FD02", ("锦城混合基金", "Jincheng Balanced Fund"), "fund", 0.0, 1.00, None, "R4"),
        line("FD03", ("沪深300指数基金", "CSI 300 Index Fund"), "fund", 0.0, 0.50, None, "R4"),
        line("FD04", ("科技创新主题基金", "Innovation Theme Fund"), "fund", 0.0, 1.20, None, "R5", (0.30, None)),
        line("IN01", ("安享年金保险", "Peaceful Annuity"), "insurance", 2.5, 2.20, None, "R2"),
        line("IN02", ("蓉惠医疗保险", "Ronghui Health Cover"), "insurance", 0.0, 3.00, None, "R1", (0.20, None)),
        line("BD03", ("储蓄国债（电子式）三年", "Savings bond, 3 years"), "bond", 2.38, 0.15, 1095, "R1"),
        line("AU01", ("积存金", "Gold accumulation plan"), "precious_metal", 0.0, 0.80, None, "R4"),
        line("MG01", ("个人住房贷款", "Home mortgage"), "mortgage", 3.60, 1.10, None),
        line("CL01", ("蓉易贷", "Easy consumer loan"), "consumer_loan", 5.40, 2.60, 1095, None, (None, 0.75)),
        line("CL02", ("蓉e贷（线上）", "Online consumer loan"), "consumer_loan", 4.20, 2.10, 720, None, (0.35, None)),
        line("BL01", ("小微企业流动资金贷款", "Working-capital loan"), "business_loan", 3.95, 1.60, 365),
        line("BL02", ("个体经营快贷", "Trader's quick loan"), "business_loan", 4.60, 2.00, 365),
        line("CC01", ("标准信用卡", "Classic credit card"), "credit_card", 16.4, 4.50, None),
        line("CC02", ("白金信用卡", "Platinum credit card"), "credit_card", 15.0, 4.20, None),
        line("DC01", ("蓉城借记卡", "Rongcheng debit card"), "debit_card", 0.0, 0.0, None),
        line("MB01", ("手机银行", "Mobile banking"), "mobile_banking", 0.0, 0.0, None, None, (None, None)),
        line("PS01", ("代发工资服务", "Payroll service"), "payroll_service", 0.0, 0.0, None),
        line("ST01", ("单位结算服务", "Settlement service"), "settlement", 0.0, 0.0, None),
        line("AQ01", ("蓉聚码收单", "QR acquiring"), "acquiring", 0.0, 0.0, None),
        line(
            "CM01", ("现金管理平台", "Cash management platform"), "cash_management", 0.0, 0.0, None, None, (0.15, None)
        ),
    ]


class Shelf:
    """The catalogue as arrays, from which a product on sale that day is taken."""

    def __init__(self, products: list[Product]) -> None:
        self.products = products
        self.number = {p.product_id: i for i, p in enumerate(products)}
        self.category = np.array([p.category for p in products])
        self.rate = np.array([p.rate for p in products])
        self.term = np.array([p.term or 0 for p in products], np.int64)
        self.risk = np.array([int(p.risk[1]) if p.risk else 1 for p in products], np.int64)
        self.launched = np.array([p.launched for p in products], np.int64)
        self.withdrawn = np.array([p.withdrawn for p in products], np.int64)

    def on_sale(
        self, rng: np.random.Generator, category: str, day: Days, rating: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """One product of the category for each day, among those on sale that day that the buyer's rating allows."""
        of_category = np.flatnonzero(self.category == category)
        live = (self.launched[of_category] <= day[:, None]) & (day[:, None] <= self.withdrawn[of_category])
        live &= self.risk[of_category] <= rating[:, None]
        return of_category[pick_rows(rng, live.astype(float))]
