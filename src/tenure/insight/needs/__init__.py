"""Needs and the next product (S6, S7, S9): felt by rule, gated by suitability, at the right time, with reasons."""

from tenure.insight.needs.gates import OK, REASONS, gate
from tenure.insight.needs.propensity import PropensityModel
from tenure.insight.needs.proposals import balance_sheet, proposals
from tenure.insight.needs.rules import RULES, Rule, customers, felt
from tenure.insight.needs.settings import NeedSettings, load

__all__ = [
    "OK",
    "REASONS",
    "RULES",
    "NeedSettings",
    "PropensityModel",
    "Rule",
    "balance_sheet",
    "customers",
    "felt",
    "gate",
    "load",
    "proposals",
]
