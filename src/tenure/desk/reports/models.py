"""Figures of branches and of the nights, as published."""

from __future__ import annotations

from tenure.contracts.published import BATCH, BRANCH_MONTH, CONCENTRATION, NIGHT_STEP, QUARANTINE, TIER_MIGRATION
from tenure.desk.publication.slots import slots

BranchMonth = slots(BRANCH_MONTH, __name__)
TierMigration = slots(TIER_MIGRATION, __name__)
Concentration = slots(CONCENTRATION, __name__)
NightStep = slots(NIGHT_STEP, __name__)
Batch = slots(BATCH, __name__)
Quarantine = slots(QUARANTINE, __name__)
