"""The bank value of a customer (S14, S18, S19): margins at transfer prices × survival, discounted, exactly additive."""

from tenure.insight.value.assumptions import TIMING, Assumptions, load
from tenure.insight.value.errors import FEWEST_CUSTOMERS, Measured, hazard_error, margin_error
from tenure.insight.value.margin import averaged, of_holdings, of_service, usage
from tenure.insight.value.present import PARTS, of_customers, of_groups, worth_of_categories
from tenure.insight.value.survival import annuities, extended

__all__ = [
    "FEWEST_CUSTOMERS",
    "PARTS",
    "TIMING",
    "Assumptions",
    "Measured",
    "annuities",
    "averaged",
    "extended",
    "hazard_error",
    "load",
    "margin_error",
    "of_customers",
    "of_groups",
    "of_holdings",
    "of_service",
    "usage",
    "worth_of_categories",
]
