"""Every read of findings: of a branch and all below it within reach, and of customers one may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenure.contracts.findings import AUDITED, TOPICS, Unit
from tenure.desk.control.errors import NotAllowed, NotFound
from tenure.desk.findings.models import Finding, Lost, Need, Outlook
from tenure.desk.kit.formats import is_chinese
from tenure.desk.org.models import Organisation, User
from tenure.desk.org.rules import Permission
from tenure.desk.org.selectors import branches_below, reach_of
from tenure.desk.parties.models import Product
from tenure.desk.parties.visibility import number_of, standing_of, visible_to

#: Sections of a topic's page at most.
SECTIONS = 60
#: Topics that looking at branches alone does not show.
_GIVEN_TO = {"signs": Permission.VIEW_SIGNS, "fairness": Permission.VIEW_FAIRNESS}
#: A finding with such a column names people, and stays with those whose branch it is about.
_PERSONAL = {Unit.PARTY.value, Unit.STAFF.value, Unit.WORDS.value}


@dataclass(frozen=True, slots=True)
class TopicPage:
    """A topic's sections about branch ``at``; ``bank`` holds those of the whole bank where ``at`` is not the whole.

    ``branches`` are those within reach that this topic has something to say about.
    """

    topic: str
    at: Any
    sections: list[dict[str, Any]]
    bank: list[dict[str, Any]]
    branches: list[Any]


def _asked(user: User, topic: str = "") -> None:
    """Whoever looks at branches reads the overview; a topic also who may read just that."""
    reach = reach_of(user)
    if not reach.may(Permission.VIEW_BRANCH) and topic not in topics_of(user):
        raise NotAllowed(_("Insight is for branch heads and head office."))


def headlines(user: User) -> dict[str, dict[str, Any]]:
    """For each topic, its first section about the topmost branch within reach or, failing that, the whole bank.

    Raises:
        NotAllowed: no post of the user's looks at branches.
    """
    _asked(user)
    top = branches_below(user).first()
    if top is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for org_id in (top.org_id, _bank()):
        for row in Finding.rows().filter(org_id=org_id).order_by("place"):
            if org_id != top.org_id and (row.topic in AUDITED or _names_people(row.body)):
                continue
            if row.topic not in found:
                found[row.topic] = row.body
    return {topic: found[topic] for topic in topics_of(user) if topic in found}


def topics_of(user: User) -> tuple[str, ...]:
    """The topics ``user`` may read: signs that answers were asked for are the auditors' alone; whoever handles
    complaints and looks at no branch reads whether concessions are fair, and nothing else."""
    reach = reach_of(user)
    return tuple(topic for topic in TOPICS if reach.may(_GIVEN_TO.get(topic, Permission.VIEW_BRANCH)))


def topic_page(user: User, topic: str, org_id: str = "") -> TopicPage | None:
    """The page of a topic for the branch asked for, or the topmost within reach; None before the first night.

    Raises:
        NotAllowed: no post of the user's looks at branches.
        NotFound: no such topic for them, or no such branch within reach.
    """
    _asked(user, topic)
    if topic not in topics_of(user):
        raise NotFound(_("There is no topic %(topic)s.") % {"topic": topic})
    within = branches_below(user)
    at = within.filter(org_id=org_id).first() if org_id else within.first()
    if at is None:
        if org_id:
            raise NotFound(_("There is no branch %(number)s within your reach.") % {"number": org_id})
        return None
    rows = Finding.rows().filter(topic=topic)
    told = set(rows.values_list("org_id", flat=True).distinct())
    bank = _bank()
    return TopicPage(
        topic=topic,
        at=at,
        sections=_bodies(rows.filter(org_id=at.org_id)),
        # of what is for auditors, one of a part of the bank hears of that part alone
        bank=[]
        if at.org_id == bank or topic in AUDITED
        else [b for b in _bodies(rows.filter(org_id=bank)) if not _names_people(b)],
        branches=[one for one in within if one.org_id in told],
    )


def _bodies(rows: Any) -> list[dict[str, Any]]:
    return list(rows.order_by("place").values_list("body", flat=True)[:SECTIONS])


def _bank() -> str:
    top = Organisation.rows().order_by("depth", "org_id").first()
    return top.org_id if top else ""


def _names_people(body: dict[str, Any]) -> bool:
    return any(unit in _PERSONAL for _code, unit in body.get("columns", ()))


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is ahead with a customer; each part None or empty where the night could not tell."""

    outlook: Any | None
    needs: list[Any]
    lost: Any | None


def ahead(user: User, party_id: str) -> Ahead:
    """Likelihood of leaving, value and needs of a customer ``user`` may see.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    number = number_of(user, party_id)
    if number is None:
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    return Ahead(
        outlook=Outlook.rows().filter(party_id=number).first(),
        needs=list(Need.rows().filter(party_id=number).order_by("place")),
        lost=Lost.rows().filter(party_id=number).first(),
    )


def lost(user: User, party_id: str) -> Any | None:
    """The post-mortem of a customer ``user`` may see; None where they are not lost.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    number = number_of(user, party_id)
    if number is None:
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    return Lost.rows().filter(party_id=number).first()


def needs(user: User, party_id: str) -> list[Any]:
    """The needs of a customer ``user`` may see, in their order.

    Raises:
        NotFound: there is no such customer among theirs.
    """
    number = number_of(user, party_id)
    if number is None:
        raise NotFound(_("There is no customer %(number)s among yours.") % {"number": party_id})
    return list(Need.rows().filter(party_id=number).order_by("place"))


def customers_named(user: User, ids: Iterable[str]) -> dict[str, Any]:
    """The customers of these numbers whom ``user`` may see, by number; a merged number names its customer now."""
    wanted = set(ids)
    if not wanted:
        return {}
    stands = standing_of(wanted)
    found = {row.party_id: row for row in visible_to(user).filter(party_id__in=wanted | set(stands.values()))}
    return {number: found[stand] for number in wanted if (stand := stands.get(number, number)) in found}


def product_names(product_ids: Iterable[str | None], language: str) -> dict[str, str]:
    """Names of published products by number, in the reader's language."""
    wanted = {one for one in product_ids if one}
    rows = Product.rows().filter(product_id__in=wanted) if wanted else ()
    chinese = is_chinese(language)
    return {row.product_id: row.name if chinese else row.name_en or row.name for row in rows}
