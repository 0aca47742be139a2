"""Causes of leaving (S24) and the features that speak for each.

The codes are the bank's own vocabulary for *why* (``contracts.codes``): the post-mortem names one from data, the exit
interview one from the customer. ``unknown`` is a cause: most of what drives people away is in no table of a bank.
"""

from __future__ import annotations

from collections.abc import Mapping

from tenure.contracts.codes import LEAVING_CAUSES, Name

CAUSES: Mapping[str, Name] = LEAVING_CAUSES

#: Reason code of a feature → the cause it speaks for. Reasons that say who somebody is rather than what changed
#: (age, tier, tenure) speak for none.
OF_REASON: Mapping[str, str] = {
    "aum_down": "better_rate_elsewhere",
    "outflow_up": "better_rate_elsewhere",
    "same_name_outflow": "better_rate_elsewhere",
    "products_closed": "better_rate_elsewhere",
    "inflow_down": "fading",
    "activity_down": "fading",
    "payroll": "job_change",
    "payroll_stopped": "job_change",
    "maturing": "matured_not_contacted",
    "matured": "matured_not_contacted",
    "matured_unrenewed": "matured_not_contacted",
    "not_contacted": "matured_not_contacted",
    "complaint": "bad_service",
    "complaint_open": "bad_service",
    "unhappy": "bad_service",
    "long_wait": "bad_service",
    "contacts_many": "too_many_contacts",
    "family_left": "family_moved_bank",
}
