"""Which customers a person may see, and which numbers stand for one. The one place that decides it; every selector
begins here.

An entry merged into another at the desk is no customer any more: no list has it, its number leads to the customer that
was kept, and its rows are read as that customer's (:func:`numbers_of`). A merge takes
effect with the next request, in every process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import below, reach_of
from tenure.desk.parties.models import Absence, Coverage, Customer, Merge
from tenure.desk.publication.current import pinned
from tenure.desk.publication.slots import PublishedTable

#: A mark on a query of customers that begins with all of them, kept by what is made from it; see :func:`naming`.
_EVERYBODY = "everybody"


def visible_to(user: User | AnonymousUser) -> QuerySet[Any]:
    """The customers ``user`` may see: below the branches of their posts, on whose coverage team they are,
    whose work was handed over to them, or who are those of a colleague for whom they stand in today.

    Nobody without the right to view customers sees any, and nobody sees an entry that was merged away. The query is
    made once per request and kept on the user, as their reach is: a page asks for it up to ten times.
    """
    publication = pinned()
    known: dict[Any, QuerySet[Any]] = user.__dict__.setdefault("_visible", {})
    key = (publication and publication.pk, timezone.localdate())
    if key not in known:
        known[key] = _visible_to(user)
    return known[key].all()


def _visible_to(user: User | AnonymousUser) -> QuerySet[Any]:
    reach = reach_of(user)
    customers = standing(Customer.rows())
    if not reach.may(Permission.VIEW_CUSTOMERS):
        return customers.none()
    if "/" in reach.paths:
        customers._add_hints(**{_EVERYBODY: True})  # type: ignore[attr-defined]
        return customers
    rule = below(reach.paths)
    if isinstance(user, User) and reach.staff_id:
        rule |= Q(party_id__in=_looked_after(acts_for(user)))
    return customers.filter(rule)


def _looked_after(staff_ids: tuple[str, ...]) -> RawSQL:
    """Numbers of the customers these employees cover or stand in for.

    One list from a union, not two joined by OR: for that PostgreSQL would read every customer. Who looks after an
    entry that was merged looks after the customer it is now. Written out, because a page asks for it up to twenty
    times, and made from querysets it cost each page ten milliseconds before any was asked.
    """
    some = ", ".join(["%s"] * len(staff_ids))
    covered = f"SELECT party_id FROM {Coverage.rows().model._meta.db_table} WHERE staff_id IN ({some})"
    standing_in = f"SELECT party_id FROM parties_standin WHERE ended_at IS NULL AND staff_id IN ({some})"
    merged = "SELECT standing_id FROM parties_merge WHERE state = %s AND merged_id IN"
    active = Merge.State.ACTIVE.value
    return RawSQL(  # noqa: S611 (only placeholders and the table's own name are put into it)
        f"{covered} UNION {standing_in} UNION {merged} ({covered}) UNION {merged} ({standing_in})",
        (*staff_ids, *staff_ids, active, *staff_ids, active, *staff_ids),
        output_field=CharField(),
    )


def look_again(user: User) -> None:
    """Forget what was worked out for ``user``, for what lives longer than a request: a feed one listens to for minutes
    heeds a merge, a new stand-in and an absence that ended."""
    for kept in ("_visible", "_acts_for", "_seen", "_numbers", "_kept", "_kept_voices"):
        user.__dict__.pop(kept, None)


def standing(customers: QuerySet[Any]) -> QuerySet[Any]:
    """``customers`` without the entries that were merged away."""
    merged = RawSQL(
        "SELECT merged_id FROM parties_merge WHERE state = %s", (Merge.State.ACTIVE.value,), output_field=CharField()
    )
    return customers.exclude(party_id__in=merged)


def acts_for(user: User) -> tuple[str, ...]:
    """Employee numbers of those whose work is ``user``'s today: their own, and that of the colleagues who are away and
    for whom they stand in; nobody's where ``user`` has no number. Read once per request and kept on the user."""
    if not user.staff_id:
        return ()
    today = timezone.localdate()
    known: dict[date, tuple[str, ...]] = user.__dict__.setdefault("_acts_for", {})
    if today not in known:
        away = Absence.objects.filter(stand_in=user.staff_id, ended_at=None, first_on__lte=today, last_on__gte=today)
        known[today] = (user.staff_id, *away.values_list("staff_id", flat=True))
    return known[today]


def customer_of(user: User | AnonymousUser, number: str) -> Any | None:
    """The row of the customer ``number`` stands for, if ``user`` may see them: maybe one of another number."""
    found = _through(number, lambda stands: visible_to(user).filter(party_id=stands).first())
    if found is not None:
        _seen_by(user)[number] = found.party_id
    return found


def number_of(user: User | AnonymousUser, number: str) -> str | None:
    """The number under which the customer stands now, if ``user`` may see them."""
    seen = _seen_by(user)
    if number not in seen:
        found = _through(
            number, lambda stands: visible_to(user).filter(party_id=stands).values_list("party_id", flat=True).first()
        )
        if found is None:
            return None
        seen[number] = found
    return seen[number]


def _seen_by(user: User | AnonymousUser) -> dict[str, str]:
    """The number under which each customer asked for stands; kept for one request, and only of those ``user`` sees."""
    seen: dict[str, str] = user.__dict__.setdefault("_seen", {})
    return seen


def numbers_of(user: User | AnonymousUser, number: str) -> list[str]:
    """Every number that is the customer's: their own and those merged into it; none where ``user`` may not see them.

    Whoever shows rows of one customer reads them by this and by nothing else. Worked out once per request and kept on
    the user, as their reach is; only that they see the customer, never that they don't.
    """
    known: dict[str, list[str]] = user.__dict__.setdefault("_numbers", {})
    if number not in known:
        own = number_of(user, number)
        if own is None:
            return []
        known[number] = entries_of(own)
    return known[number]


def of_customer(table: PublishedTable, user: User | AnonymousUser, number: str) -> QuerySet[Any]:
    """The rows of a customer's table (holdings, time line …) that are the customer's, under any of their numbers."""
    return table.rows().filter(party_id__in=numbers_of(user, number))


def standing_of(numbers: Iterable[str]) -> dict[str, str]:
    """Who stands for each of these numbers that was merged away; a number that is missing stands for itself."""
    wanted = list(set(numbers))
    if not wanted:
        return {}
    # Written out: every page that names somebody asks this, and making the query took longer than all else about it.
    some = ", ".join(["%s"] * len(wanted))
    asked = f"SELECT merged_id, standing_id FROM parties_merge WHERE state = %s AND merged_id IN ({some})"
    with connection.cursor() as cursor:
        cursor.execute(asked, [Merge.State.ACTIVE.value, *wanted])
        return dict(cursor.fetchall())


def _through(number: str, find: Callable[[str], Any]) -> Any:
    """What ``find`` finds under the number; else under the one that stands for it."""
    found = find(number)
    if found is None and (stands := standing_of([number]).get(number)):
        found = find(stands)
    return found


def _in_force() -> QuerySet[Merge]:
    return Merge.objects.filter(state=Merge.State.ACTIVE)


def entries_of(number: str) -> list[str]:
    """Every number of a customer one has found already, for rules that count over all of them."""
    return [number, *_in_force().filter(standing_id=number).order_by("pk").values_list("merged_id", flat=True)]


def sees(user: User | AnonymousUser, number: str) -> bool:
    """Whether ``user`` may see the customer this number stands for."""
    return number_of(user, number) is not None


def of_visible(table: PublishedTable, user: User | AnonymousUser) -> QuerySet[Any]:
    """The rows of a customer's table (holdings, time line …) whose customer ``user`` may see, under any number."""
    return table.rows().filter(naming(visible_to(user)))


def naming(customers: QuerySet[Any], column: str = "party_id") -> Q:
    """Rows whose ``column`` is one of ``customers``, under any number; for tables of the desk's own.

    Where they are among everybody, it is asked of each row whether its customer is one of them: a list of a whole
    bank's numbers, laid out first, took half a second for a page with ten rows on it.
    """
    own = customers.order_by().values("party_id")
    merged = _in_force().filter(standing_id__in=own)
    if not customers._hints.get(_EVERYBODY):
        return Q(**{f"{column}__in": own}) | Q(**{f"{column}__in": merged.values("merged_id")})
    one = OuterRef(column)
    return Q(Exists(own.filter(party_id=one))) | Q(Exists(merged.filter(merged_id=one)))


def entries_of_each(numbers: Iterable[str]) -> dict[str, str]:
    """Every number of these customers one has found already, with who stands for it."""
    listed = set(numbers)
    merged = _in_force().filter(standing_id__in=listed).values_list("merged_id", "standing_id")
    return {**dict(merged), **{number: number for number in listed}}


def acting_for(staff_ids: Iterable[str]) -> dict[str, str]:
    """Who stands in today for those of ``staff_ids`` who are away; who is missing is here."""
    today = timezone.localdate()
    away = Absence.objects.filter(
        staff_id__in=set(staff_ids), ended_at=None, first_on__lte=today, last_on__gte=today
    ).order_by("noted_at")
    return dict(away.values_list("staff_id", "stand_in"))
