"""A step of a case stands as it was written: the database itself says no, but to the erasure of its person."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.voice.cases import services
from tenure.desk.voice.cases.erasing import erase_steps
from tenure.desk.voice.cases.models import Case, CaseErasure, CaseStep

NOW = timezone.now()


@pytest.fixture
def case(bank: SmallBank) -> Case:
    return services.open_case(bank.owner, bank.party_id, "hand", "k", "慢", now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE voice_cases_casestep SET words = 'nothing was said'",
        "UPDATE voice_cases_casestep SET kind = 'closed'",
        "DELETE FROM voice_cases_casestep",
    ],
)
def test_nobody_changes_or_removes_a_step(case: Case, wrong: str) -> None:
    before = list(CaseStep.objects.values_list("pk", "kind", "words"))
    assert before
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(wrong)
    assert list(CaseStep.objects.values_list("pk", "kind", "words")) == before


def test_the_erasure_of_a_person_takes_their_steps_and_no_others(bank: SmallBank, case: Case) -> None:
    other = services.open_case(bank.owner, bank.party_id, "hand", "another", "冷淡", now=NOW)
    mine: Any = CaseStep.objects.filter(case=case)
    assert erase_steps(mine) == 1 and not mine.exists()
    assert CaseStep.objects.filter(case=other).count() == 1 and not CaseErasure.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseStep.objects.filter(case=other)._raw_delete("default")


def test_truncating_is_refused_where_a_database_knows_it(case: Case) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE voice_cases_casestep CASCADE")
