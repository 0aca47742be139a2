"""Which cases a person may see: those of customers they see that are not about them. Every read of cases begins here.

Whoever a complaint is about learns nothing of it, whatever their posts: not that there is one, nor what was said.
Who oversees reads it, unless it is about them.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import naming, number_of, visible_to
from tenure.desk.voice.cases.models import Case, CaseStep


def about(user: User, column: str = "concerns") -> Q:
    """Rows that are about ``user``: ``column`` holds the employee they concern."""
    return Q(**{column: user.staff_id}) if user.staff_id else Q(pk__in=[])


def cases_of(user: User) -> QuerySet[Case]:
    """The cases ``user`` may see."""
    reach = reach_of(user)
    if not reach.may(Permission.VIEW_CUSTOMERS):
        return Case.objects.none()
    rows = Case.objects.exclude(about(user))
    return rows if "/" in reach.paths else rows.filter(naming(visible_to(user)))


def sees(user: User, case: Case) -> bool:
    """Whether ``user`` may see this one."""
    is_about = bool(user.staff_id) and case.concerns == user.staff_id
    return not is_about and number_of(user, case.party_id) is not None


def kept_contacts(user: User, numbers: Iterable[str]) -> set[str]:
    """Contacts logged with cases about ``user`` of customers of these numbers, as the time line names them."""
    if not user.staff_id:
        return set()
    steps = CaseStep.objects.filter(
        case__party_id__in=list(numbers), case__concerns=user.staff_id, contact_id__isnull=False
    )
    return {f"interaction:desk-{one}" for one in steps.values_list("contact_id", flat=True)}


def kept_changes(user: User, subject_ids: Iterable[str]) -> set[str]:
    """Which of these cases, of changes that wait or were decided, are about ``user``."""
    rows = Case.objects.filter(about(user), pk__in=[UUID(one) for one in subject_ids])
    return {str(one) for one in rows.values_list("pk", flat=True)}
