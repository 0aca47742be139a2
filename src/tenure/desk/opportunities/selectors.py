"""Every read of opportunities: those with customers the reader sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, FloatField, QuerySet, Sum, Window
from django.db.models.functions import Cast, RowNumber
from django.utils.translation import gettext as _

from tenure.contracts import LAKE, PUBLISHED
from tenure.desk.control.errors import NotFound, Unacceptable
from tenure.desk.control.masking import masked
from tenure.desk.kit.listing import Page, Position, capped_count, page_of
from tenure.desk.opportunities import rules
from tenure.desk.opportunities.filters import OpportunityFilter, filter_from
from tenure.desk.opportunities.models import Opportunity, StageRecord, Step
from tenure.desk.org.models import User
from tenure.desk.org.rules import Permission, Reach
from tenure.desk.org.selectors import reach_of, staff_names
from tenure.desk.parties.visibility import naming, number_of, numbers_of, standing_of, visible_to
from tenure.desk.work.selectors import contacts_of

PAGE = 25
#: Cards a column of the board shows; more are in the list.
COLUMN = 40
#: Stale ones that Today shows.
REMINDED = 5
_NAME = PUBLISHED["customer"]["name"]
_WORDS = LAKE["interaction"]["words"]


@dataclass(frozen=True, slots=True)
class Seen:
    """An opportunity as its reader sees it: the customer's name and all free text masked as they must be."""

    row: Any
    #: The customer's number as it is now: the opportunity may name an entry that was merged away since.
    party_id: str
    name: str
    owner_name: str
    title: str
    next_step: str
    stale: bool
    #: The stages before and after its own; empty at either end and for closed ones.
    before: str = ""
    after: str = ""

    def __getattr__(self, name: str) -> Any:
        """Everything else as it is stored."""
        return getattr(self.row, name)


def opportunities(user: User, wanted: OpportunityFilter, today: date) -> QuerySet[Opportunity]:
    """The opportunities ``user`` may see that ``wanted`` leaves; unsorted."""
    customers = visible_to(user)
    if wanted.consent:
        customers = customers.filter(**{f"consent_{wanted.consent}": True})
    everybodys = "/" in reach_of(user).paths and reach_of(user).may(Permission.VIEW_CUSTOMERS)
    rows = Opportunity.objects.all()
    if wanted.consent or not everybodys:
        rows = rows.filter(naming(customers))
    for field, value in (
        ("kind", wanted.kind),
        ("stage", wanted.stage),
        ("state", wanted.state),
        ("lost_reason", wanted.lost),
        ("owner", wanted.owner),
    ):
        if value:
            rows = rows.filter(**{field: value})
    return rows.filter(stale_on__lte=today) if wanted.stale else rows


@dataclass(frozen=True, slots=True)
class OpportunityList:
    """One page of the list, and how many there are (stops at 1,001)."""

    page: Page[Opportunity]
    rows: list[Seen]
    count: int


def opportunity_list(
    user: User, wanted: OpportunityFilter, position: Position | None, today: date, size: int = PAGE
) -> OpportunityList:
    """The page of opportunities at ``position``."""
    rows = opportunities(user, wanted, today)
    page = page_of(rows, wanted.order, position, size)
    return OpportunityList(page, seen(user, page.rows, today), capped_count(rows))


def filter_as_asked(asked: Mapping[str, Any]) -> OpportunityFilter:
    """The filter a program or a file asks for: every word of it is meant.

    Raises:
        Unacceptable: a filter there is not, or a value it does not have.
    """
    wanted = filter_from(asked)
    for name, value in asked.items():
        if value in ("", "0", None, False):
            continue
        meant = getattr(wanted, name, None) if name in OpportunityFilter.__slots__ else None
        if not (meant is True if isinstance(meant, bool) else meant == str(value)):
            raise Unacceptable(
                _("“%(value)s” is none of the values of %(field)s.") % {"value": str(value)[:60], "field": name[:60]},
                field=name[:60],
            )
    return wanted


def opportunity(user: User, opportunity_id: UUID, today: date) -> Seen:
    """One opportunity.

    Raises:
        NotFound: it is with no customer they see.
    """
    row = Opportunity.objects.select_related("changed_by", "opened_by").filter(pk=opportunity_id).first()
    if row is None or number_of(user, row.party_id) is None:
        raise NotFound(_("There is no such opportunity among your customers'."))
    return seen(user, [row], today)[0]


def of_customer(user: User, party_id: str, today: date, limit: int = 20) -> list[Seen]:
    """The opportunities with one customer: open ones first, the stale first of those."""
    rows = Opportunity.objects.filter(party_id__in=numbers_of(user, party_id)).order_by(
        F("stale_on").asc(nulls_last=True), "-closed_at"
    )
    return seen(user, rows[:limit], today)


def named(user: User, ids: Iterable[UUID], today: date) -> dict[UUID, Seen]:
    """Opportunities by id, of customers ``user`` sees; others are left out."""
    wanted = set(ids)
    found = seen(user, Opportunity.objects.filter(pk__in=wanted), today) if wanted else []
    return {one.id: one for one in found if one.name}


def steps_of(user: User, one: Seen) -> list[Step]:
    """What happened to an opportunity ``user`` sees, the last first."""
    reach = reach_of(user)
    found = list(Step.objects.filter(opportunity_id=one.id).select_related("by").order_by("-at", "-id")[:100])
    for step, before in zip(found, [*found[1:], None], strict=True):
        step.again = before is not None and step.state == rules.OPEN and before.state != rules.OPEN
        step.words = masked(step.words, _WORDS, reach) if step.words else ""
        step.next_step = masked(step.next_step, _WORDS, reach) if step.next_step else ""
    return found


def contacts_with(user: User, one: Seen, limit: int = 8) -> list[Any]:
    """The last contacts with its customer."""
    return contacts_of(user, one.party_id, limit)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One's own stale opportunities: the first few, and how many there are (stops at 1,001)."""

    rows: list[Seen]
    count: int


def stale_of(user: User, today: date) -> Reminder:
    """The stale opportunities ``user`` owns, the longest stale first; for Today."""
    if not user.staff_id:
        return Reminder([], 0)
    rows = opportunities(user, OpportunityFilter(owner=user.staff_id, state=rules.OPEN, stale=True), today)
    found = list(rows.order_by("stale_on", "id")[:REMINDED])
    return Reminder(seen(user, found, today), capped_count(rows) if found else 0)


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board: its cards, how many there are in all, what they amount to, how likely it is won."""

    stage: str
    cards: list[Seen]
    count: int
    amount: int
    likelihood: rules.Likelihood


@dataclass(frozen=True, slots=True)
class Board:
    """The open opportunities of one kind by stage, the pipeline of each currency, and open counts of every kind."""

    kind: str
    columns: list[Column]
    pipelines: dict[str, rules.Pipeline]
    kinds: dict[str, int]


def board(user: User, kind: str, owner: str, today: date) -> Board:
    """The board of ``kind`` (empty: the kind with most that is open), of ``owner`` alone where given."""
    every = opportunities(user, OpportunityFilter(state=rules.OPEN, owner=owner), today)
    piles = _piles(every)
    kinds = {one: sum(p.count for _c, p in piles if p.kind == one) for one in rules.STAGES}
    kind = kind or max(kinds, key=lambda one: kinds[one])
    known = likelihoods()
    mine = [(currency, pile) for currency, pile in piles if pile.kind == kind]
    cards = seen(user, _first_of_each_stage(every.filter(kind=kind)), today) if mine else []
    columns = []
    for stage in rules.codes_of(kind):
        here = [pile for _currency, pile in mine if pile.stage == stage]
        columns.append(
            Column(
                stage,
                [card for card in cards if card.stage == stage],
                sum(pile.count for pile in here),
                sum(pile.amount for pile in here),
                known[kind, stage],
            )
        )
    pipelines = {
        currency: rules.pipeline((pile for at, pile in mine if at == currency), known)
        for currency in sorted({currency for currency, _pile in mine})
    }
    return Board(kind, columns, pipelines, kinds)


def _first_of_each_stage(rows: QuerySet[Opportunity]) -> QuerySet[Opportunity]:
    """The cards each column shows, in one pass: who may see what is costly to ask once for every stage."""
    place = Window(RowNumber(), partition_by="stage", order_by=["stale_on", "id"])
    return rows.annotate(place=place).filter(place__lte=COLUMN).order_by("stage", "place")


def pipeline_of(user: User, wanted: OpportunityFilter, today: date) -> dict[str, rules.Pipeline]:
    """The weighted pipeline of the open opportunities ``wanted`` leaves, by currency."""
    piles = _piles(opportunities(user, wanted, today).filter(state=rules.OPEN))
    known = likelihoods()
    return {
        currency: rules.pipeline((pile for at, pile in piles if at == currency), known)
        for currency in sorted({currency for currency, _pile in piles})
    }


def _piles(rows: QuerySet[Opportunity]) -> list[tuple[str, rules.Pile]]:
    """``rows`` by currency, kind and stage: one query, whatever their number."""
    real = Cast("amount", FloatField())  # a square of fen would burst a whole number
    found = (
        rows.order_by()
        .values("currency", "kind", "stage")
        .annotate(count=Count("id"), amount_sum=Sum("amount"), squares=Sum(real * real))
    )
    return [
        (one["currency"], rules.Pile(one["kind"], one["stage"], one["count"], int(one["amount_sum"]), one["squares"]))
        for one in found
        if one["stage"] in rules.codes_of(one["kind"])
    ]


def likelihoods() -> dict[tuple[str, str], rules.Likelihood]:
    """How likely each stage of each kind is won, from what the whole bank closed in the last 24 months."""
    last = StageRecord.objects.order_by("-month").values_list("month", flat=True).first()
    closed: dict[tuple[str, str], tuple[int, int]] = {}
    if last is not None:
        since = (last - timedelta(days=30 * rules.LEARNS_FROM_MONTHS)).replace(day=1)
        sums = StageRecord.objects.filter(month__gte=since).values("kind", "stage")
        closed = {
            (one["kind"], one["stage"]): (one["closed_sum"], one["won_sum"])
            for one in sums.annotate(closed_sum=Sum("closed"), won_sum=Sum("won")).order_by()
        }
    return {
        (kind, stage.code): rules.Likelihood(stage.default, *closed.get((kind, stage.code), (0, 0)))
        for kind, stages in rules.STAGES.items()
        for stage in stages
    }


def likelihood_of(one: Any) -> rules.Likelihood:
    """How likely an opportunity at its stage is won."""
    return likelihoods()[one.kind, one.stage]


def owners_among(user: User, today: date) -> dict[str, str]:
    """Owners of open opportunities ``user`` sees, by number, with their names; at most 200."""
    rows = opportunities(user, OpportunityFilter(state=rules.OPEN), today)
    numbers = list(rows.order_by("owner").values_list("owner", flat=True).distinct()[:200])
    names = staff_names(numbers)
    return dict(sorted(((one, names.get(one, one)) for one in numbers), key=lambda pair: pair[1]))


def lost_reasons(user: User, wanted: OpportunityFilter, today: date) -> list[tuple[str, int]]:
    """Why those lost in the last year were lost, the commonest first."""
    rows = opportunities(user, OpportunityFilter(kind=wanted.kind, owner=wanted.owner, state=rules.LOST), today)
    year = rows.filter(closed_on__gte=today - timedelta(days=365))
    found = year.order_by().values("lost_reason").annotate(count=Count("id"))
    return sorted(((one["lost_reason"], one["count"]) for one in found), key=lambda pair: (-pair[1], pair[0]))


def seen(user: User, rows: Iterable[Any], today: date) -> list[Seen]:
    """``rows`` as ``user`` sees them, in their order; of customers not theirs the name is left out."""
    listed = list(rows)
    reach = reach_of(user)
    stands = standing_of({row.party_id for row in listed}) if listed else {}
    ids = {stands.get(row.party_id, row.party_id) for row in listed}
    names = dict(visible_to(user).filter(party_id__in=ids).values_list("party_id", "name")) if ids else {}
    owners = staff_names({row.owner for row in listed}) if listed else {}
    return [_seen(row, stands.get(row.party_id, row.party_id), names, owners, reach, today) for row in listed]


def _seen(row: Any, party_id: str, names: dict[str, str], owners: dict[str, str], reach: Reach, today: date) -> Seen:
    is_open = row.state == rules.OPEN and row.stage in rules.codes_of(row.kind)
    before, after = rules.beside(row.kind, row.stage) if is_open else ("", "")
    name = masked(names[party_id], _NAME, reach) if names.get(party_id) else ""
    return Seen(
        row=row,
        party_id=party_id,
        name=name or (party_id if party_id in names else ""),
        owner_name=owners.get(row.owner, row.owner),
        title=masked(row.title, _WORDS, reach),
        next_step=masked(row.next_step, _WORDS, reach) if row.next_step else "",
        stale=bool(row.state == rules.OPEN and row.stale_on and row.stale_on <= today),
        before=before,
        after=after,
    )


def may_change(user: User) -> bool:
    """Whether ``user``'s posts let them work on opportunities they see."""
    return reach_of(user).may(Permission.LOG_CONTACT)


def version_of(user: User, opportunity_id: UUID) -> int:
    """The version that stands there now; 0 for what ``user`` does not see."""
    row = Opportunity.objects.filter(pk=opportunity_id).values_list("party_id", "version").first()
    return row[1] if row is not None and number_of(user, row[0]) is not None else 0
