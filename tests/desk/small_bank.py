"""A small published bank for the desk's tests, and people of every role who sign in to it.

``publish_small_bank()`` writes the rows of ``bank_rows`` straight into slot A and marks it current, as a night would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.hashers import get_hasher, make_password
from django.db import connection
from django.utils import timezone

from desk.bank_rows import AS_OF, CURRENCY, PATHS, STAFF, THRESHOLDS, bank_rows
from tenure.desk.org.models import Post, User
from tenure.desk.publication.models import Publication
from tenure.desk.publication.slots import TABLES

PASSWORD = "west-lake-spring-7"
WHOLE_BANK = ("executive", "marketer", "analyst", "administrator", "auditor")


@dataclass
class SmallBank:
    """What was published, and who may sign in."""

    publication: Publication
    party_ids: list[str]
    users: dict[str, User] = field(default_factory=dict)
    #: A customer of the owner's, at branch S1, with everything a customer may have.
    party_id: str = ""
    #: A work-list entry of the owner's on that customer.
    proposal_key: str = ""
    #: A customer at S2, whom nobody of S1 sees.
    far_party_id: str = ""
    #: A work-list entry on that customer.
    far_proposal_key: str = ""
    password: str = PASSWORD

    def user(self, role: str) -> User:
        """The user who holds ``role``, freshly read; the relationship manager is the owner."""
        return User.objects.get(pk=self.users[role].pk)

    @property
    def owner(self) -> User:
        """The relationship manager who looks after ``party_id``."""
        return User.objects.get(staff_id="E2011")

    @property
    def colleague(self) -> User:
        """A relationship manager of the same branch, not on the customer's team."""
        return User.objects.get(staff_id="E2012")

    @property
    def stranger(self) -> User:
        """A relationship manager of another branch."""
        return User.objects.get(staff_id="E3011")


@cache
def _password_hash(hasher: str) -> str:
    """Hashed once and not once a user: a hash is slow on purpose."""
    return make_password(PASSWORD, hasher=hasher)


@cache
def _insert(seed: int, customers: int, vendor: str, table: str) -> tuple[str, list[tuple[Any, ...]]]:
    """The statement that fills ``table`` in slot A, and its parameters as this database takes them.

    Model instances cost more than the database does; hundreds of tests begin with this bank.
    """
    fields = TABLES[table].models["a"]._meta.concrete_fields
    quoted = ", ".join(connection.ops.quote_name(f.column) for f in fields)
    places = ", ".join(["%s"] * len(fields))
    name = connection.ops.quote_name(TABLES[table].models["a"]._meta.db_table)
    rows = [
        tuple(f.get_db_prep_save(row[f.name], connection) for f in fields) for row in bank_rows(seed, customers)[table]
    ]
    return f"INSERT INTO {name} ({quoted}) VALUES ({places})", rows


def publish_small_bank(seed: int = 1, customers: int = 60) -> SmallBank:
    """Publish the small bank in slot A and make its users; call it once per test database or transaction."""
    publication = Publication.objects.create(
        run_id=f"night-{AS_OF}",
        slot="a",
        state=Publication.State.CURRENT,
        lake_id="small",
        bank="久谊银行",
        currency=CURRENCY,
        as_of=AS_OF,
        published_at=timezone.now(),
        tiers=THRESHOLDS,
    )
    with connection.cursor() as cursor:
        for table in bank_rows(seed, customers):
            cursor.executemany(*_insert(seed, customers, connection.vendor, table))
    bank = SmallBank(publication, [f"C{n:06d}" for n in range(1, customers + 1)])
    people, proposals = bank_rows(seed, customers)["customer"], bank_rows(seed, customers)["proposal"]
    _users(bank)
    bank.party_id = bank.party_ids[0]
    bank.proposal_key = next(p["proposal_key"] for p in proposals if p["party_id"] == bank.party_id)
    bank.far_party_id = next(p["party_id"] for p in people if p["org_id"] == "S2")
    bank.far_proposal_key = next(p["proposal_key"] for p in proposals if p["party_id"] == bank.far_party_id)
    publication.rows = {table: len(rows) for table, rows in bank_rows(seed, customers).items()}
    publication.save()
    return bank


def _users(bank: SmallBank) -> None:
    for staff_id, (name, org, role, _) in STAFF.items():
        user = User.objects.create(
            username=staff_id.lower(),
            name=name,
            staff_id=staff_id,
            password=_password_hash(get_hasher().algorithm),
            language="",
        )
        whole = role in WHOLE_BANK
        Post.objects.create(user=user, role=role, org_id="" if whole else org, org_path="/" if whole else PATHS[org])
        bank.users.setdefault(role, user)
