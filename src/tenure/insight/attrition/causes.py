"""Causes of leaving (S24) and the features that speak for each.

The codes are the bank's own vocabulary for *why*: the post-mortem names one from data, an interview may put another
in its place. ``unknown`` is a cause: most of what drives people away is in no table of a bank.
"""

from __future__ import annotations

from collections.abc import Mapping

from tenure.contracts.codes import Name

CAUSES: Mapping[str, Name] = {
    "better_rate_elsewhere": Name(zh="他行收益更高", en="A better rate elsewhere"),
    "bad_service": Name(zh="服务不满意", en="Bad service"),
    "job_change": Name(zh="换工作、停代发", en="A new job, salary paid elsewhere"),
    "matured_not_contacted": Name(zh="到期无人联系", en="Money matured and nobody called"),
    "family_moved_bank": Name(zh="家人转至他行", en="The family moved to another bank"),
    "too_many_contacts": Name(zh="打扰过多", en="Contacted too often"),
    "fading": Name(zh="逐渐少用", en="Used the bank less and less"),
    "unknown": Name(zh="原因不明", en="Unknown"),
}

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
