"""Whose word a proposal of shares takes."""

from __future__ import annotations

from tenure.desk.opportunities.credit import rules
from tenure.desk.opportunities.models import Agreement, Share
from tenure.desk.org.selectors import desk_user_of


def asked(made: Agreement) -> set[str]:
    """Employee numbers of those who agree before ``made`` holds: all it names, and all whom the shares in force name.

    What somebody has by agreement is taken from them by agreement only. Who does not sign in here any more could
    never answer, and is asked only where the proposal names them.
    """
    named = set(made.shares.values_list("staff_id", flat=True))
    if made.state not in rules.UNDER_WAY:
        return named
    held = Share.objects.filter(agreement__opportunity=made.opportunity_id, agreement__state=rules.IN_FORCE)
    others = set(held.values_list("staff_id", flat=True)) - named
    return named | {one for one in others if desk_user_of(one) is not None}
