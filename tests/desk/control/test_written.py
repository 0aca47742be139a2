"""Statements put together once say and write exactly what Django's own do."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control.models import AuditEvent
from tenure.desk.control.written import Written, insert, update
from tenure.desk.signals.models import Signal

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def signal(bank: SmallBank, **more: Any) -> Signal:
    now = NOW
    told = {"traits": ["asks_rates"], "words": "他行利率更高", "none": None}
    return Signal(
        cause=f"hand:{uuid4()}", party_id=bank.party_id, org_path="/HQ/", rule="hand", seen_by=bank.owner, facts=told,
        at=now, escalates_at=now, changed_at=now, **more,
    )  # fmt: skip


def as_it_stands(one: Any) -> dict[str, Any]:
    fields = [field.attname for field in one._meta.concrete_fields]
    return type(one)._default_manager.filter(pk=one.pk).values(*fields).get()


def test_a_row_inserted_is_the_row_that_django_saves(bank: SmallBank) -> None:
    one, other = signal(bank, led_to=uuid4()), signal(bank, led_to=uuid4())
    insert(one)
    other.save(force_insert=True)
    own, theirs = as_it_stands(one), as_it_stands(other)
    apart = ("id", "cause", "led_to")
    assert {k: v for k, v in own.items() if k not in apart} == {k: v for k, v in theirs.items() if k not in apart}
    assert own["led_to"] == one.led_to and not one._state.adding
    one.words = "改过"
    one.save()  # it is known to be there
    assert as_it_stands(one)["words"] == "改过"


def test_a_key_that_the_database_counts_is_read_back(bank: SmallBank) -> None:
    now = timezone.now()
    lines = [
        AuditEvent(chain=3, position=n, at=now, actor_id=None, actor_name="x", act="a.b", changes={"n": n}, digest="d")
        for n in (901, 902)
    ]
    for line in lines:
        insert(line)
    assert lines[0].pk and lines[1].pk > lines[0].pk
    assert AuditEvent.objects.get(pk=lines[1].pk).changes == {"n": 902}


def test_a_row_is_read_as_django_reads_it_and_what_is_not_the_models_stands_beside(bank: SmallBank) -> None:
    one = signal(bank, led_to=uuid4())
    one.save()
    table, key = Signal._meta.db_table, Signal._meta.pk
    asked = Written(Signal, f"SELECT s.*, 7 AS more FROM {table} s WHERE s.{key.column} = %s")
    for _again in range(2):  # once put together, and once from what is remembered
        found: Any = asked.first([one.pk])
        assert model_to_dict(found) == model_to_dict(Signal.objects.get(pk=one.pk))
        assert found.at == one.at and found.facts == one.facts and found.led_to == one.led_to and found.more == 7
    few: Any = Written(Signal, f"SELECT {key.column}, words FROM {table} WHERE words = %s").first([one.words])
    assert few.get_deferred_fields() >= {"facts", "rule"} and few.facts == one.facts
    assert asked.first([uuid4()]) is None


def test_what_a_constraint_refuses_is_refused_and_a_row_that_is_gone_cannot_be_changed(bank: SmallBank) -> None:
    one = signal(bank)
    insert(one)
    twice = signal(bank)
    twice.cause = one.cause
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(twice)
    one.words = "again"
    update(one, "words")
    assert as_it_stands(one)["words"] == "again"
    Signal.objects.filter(pk=one.pk).delete()
    with pytest.raises(DatabaseError, match="gone"), transaction.atomic():
        update(one, "words")


def test_a_row_that_is_not_any_more_as_it_was_seen_is_left_alone(bank: SmallBank) -> None:
    one = signal(bank)
    insert(one)
    was = one.words
    one.words = "mine"
    assert update(one, "words", seen={"words": was}) and as_it_stands(one)["words"] == "mine"
    one.words = "late"
    assert not update(one, "words", seen={"words": was, "rule": one.rule})
    assert as_it_stands(one)["words"] == "mine"
