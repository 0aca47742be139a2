"""Needs and the next product (S6, S7, S9): felt by rule, gated by suitability, at the right time, with reasons."""

from tenure.insight.needs.circles import EVIDENCE as RELATED_EVIDENCE
from tenure.insight.needs.circles import STRENGTH as RELATED
from tenure.insight.needs.circles import related
from tenure.insight.needs.gates import OK, REASONS, gate
from tenure.insight.needs.occasions import OCCASIONS
from tenure.insight.needs.propensity import PropensityModel
from tenure.insight.needs.proposals import balance_sheet, proposals
from tenure.insight.needs.receipts import MONTHS, receipts, usual_inflow
from tenure.insight.needs.rules import RULES, Rule, customers, felt, in_force
from tenure.insight.needs.settings import NeedSettings, load

__all__ = [
    "MONTHS",
    "OCCASIONS",
    "OK",
    "REASONS",
    "RELATED",
    "RELATED_EVIDENCE",
    "RULES",
    "NeedSettings",
    "PropensityModel",
    "Rule",
    "balance_sheet",
    "customers",
    "felt",
    "gate",
    "in_force",
    "load",
    "proposals",
    "receipts",
    "related",
    "usual_inflow",
]
