"""An exported file holds what its requester may see, runs nothing, and is nobody else's."""

from __future__ import annotations

import stat
from dataclasses import fields
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from desk.small_bank import SmallBank
from tenure.contracts import codes
from tenure.desk.control import exports, services
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import NotAllowed, NotFound, Unacceptable
from tenure.desk.control.files import forget_expired
from tenure.desk.control.models import AuditEvent, Change, Export
from tenure.desk.control.workbook import plain_text, write_workbook
from tenure.desk.org.models import Post, User
from tenure.desk.parties.exports import CUSTOMERS
from tenure.desk.parties.filters import CustomerFilter
from tenure.desk.parties.models import Customer


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path


def _exported(user: User, **filters: str) -> tuple[Export, list[tuple[Any, ...]]]:
    now = timezone.now()
    export = services.request_export(user, "customers", filters, "quarterly review", now=now, language="en")
    exports.write(str(export.pk), now)
    export.refresh_from_db()
    path, _name = services.fetch_export(user, export.pk, now=now)
    return export, list(load_workbook(path).active.values)


def test_a_file_holds_the_filtered_rows_the_requester_sees(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    export, (mark, heads, *rows) = _exported(head, tier="gold")
    expected = set(Customer.rows().filter(tier="gold", org_id="S1").values_list("party_id", flat=True))
    assert {row[heads.index("Customer number")] for row in rows} == expected
    assert export.rows == len(rows) == len(expected)
    for told in (head.name, head.username, "Tier: Gold", "quarterly review"):
        assert told in mark[0]


@pytest.mark.parametrize(("language", "gold", "yes"), [("zh-hans", "金卡", "是"), ("en", "Gold", "yes")])
def test_codes_are_words_in_the_language_it_was_asked_for_in(
    bank: SmallBank, language: str, gold: str, yes: str
) -> None:
    head = bank.user("branch_head")
    Customer.models["a"].objects.filter(tier="gold").update(consent_marketing=True)
    export = services.request_export(
        head, "customers", {"tier": "gold"}, "quarterly review", now=timezone.now(), language=language
    )
    exports.write(str(export.pk), timezone.now())
    path, _name = services.fetch_export(head, export.pk, now=timezone.now())
    _mark, _heads, *rows = load_workbook(path).active.values
    told = {value for row in rows for value in row}
    assert {gold, yes} <= told
    assert not any(isinstance(value, bool) for value in told)
    assert not told & {"gold", "person", "company", "main", "partial", "online", "counter", "high", "low"}


def test_every_condition_of_a_filter_has_words(bank: SmallBank) -> None:
    known = {one.name for one in fields(CustomerFilter)} - {"sort"}
    for name in known:
        told = CUSTOMERS.told({name: "1"}, "en")
        assert told and "=" not in told, name
    assert CUSTOMERS.told({}, "en") == ""


def test_amounts_are_numbers_in_whole_currency(bank: SmallBank) -> None:
    _export, (_mark, heads, *rows) = _exported(bank.user("branch_head"))
    by_number = {row[0]: row[heads.index("Deposits")] for row in rows}
    deposit = Customer.rows().get(party_id=bank.party_id).deposit
    assert round(by_number[bank.party_id] * 100) == deposit


def test_masks_apply_in_the_file(bank: SmallBank) -> None:
    _export, (_mark, heads, *rows) = _exported(bank.user("analyst"))
    assert all(row[heads.index("Name")].endswith("**") for row in rows)
    assert all("****" in row[heads.index("Phone")] for row in rows)
    _export, (_mark, heads, *rows) = _exported(bank.user("branch_head"))
    assert not any("*" in row[heads.index("Phone")] for row in rows)


@pytest.mark.parametrize("purpose", ["marketing", "experience", "research"])
def test_a_file_for_a_purpose_holds_only_who_agreed_to_it(bank: SmallBank, purpose: str) -> None:
    column, now = f"consent_{purpose}", timezone.now()
    Customer.models["a"].objects.filter(party_id__in=bank.party_ids[:3]).update(**{column: False})
    Customer.models["a"].objects.filter(party_id__in=bank.party_ids[3:5]).update(**{column: None})
    agreed = set(Customer.rows().filter(**{column: True}).values_list("party_id", flat=True))
    export = services.request_export(
        bank.user("marketer"), "customers", {}, "spring campaign", now=now, language="en", purpose=purpose
    )
    exports.write(str(export.pk), now)
    path, _name = services.fetch_export(bank.user("marketer"), export.pk, now=now)
    mark, _heads, *rows = load_workbook(path).active.values
    assert {row[0] for row in rows} == agreed and not agreed & set(bank.party_ids[:5])
    assert f"Agreed: {codes.CONSENTS[purpose].en}" in mark[0]


def test_a_purpose_nobody_knows_takes_nothing_out(bank: SmallBank) -> None:
    with pytest.raises(Unacceptable, match="marketing"):
        services.request_export(bank.user("marketer"), "customers", {}, "why", now=timezone.now(), purpose="curiosity")


def test_a_name_that_is_a_formula_stays_a_name(bank: SmallBank) -> None:
    Customer.models["a"].objects.filter(party_id=bank.party_id).update(name="=HYPERLINK(“http://x”)")
    _export, (_mark, heads, *rows) = _exported(bank.user("branch_head"))
    name = next(row[heads.index("Name")] for row in rows if row[0] == bank.party_id)
    assert name == "'=HYPERLINK(“http://x”)"


@given(st.text(max_size=80))
def test_no_text_becomes_a_formula(value: str) -> None:
    assert not plain_text(value).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_every_text_can_be_written_and_no_cell_is_a_formula(values: list[str]) -> None:
    out = BytesIO()
    write_workbook(out, "x", "mark", ["h"] * len(values), [values], most=10)
    for row in load_workbook(out).active.iter_rows():
        assert all(cell.data_type != "f" for cell in row)


def test_only_those_who_may_export_do(bank: SmallBank) -> None:
    for user in (bank.owner, bank.user("teller"), bank.user("executive"), bank.user("administrator")):
        with pytest.raises(NotAllowed):
            services.request_export(user, "customers", {}, "curiosity", now=timezone.now())
    assert not Export.objects.exists()


def test_a_file_is_its_requesters_alone(bank: SmallBank) -> None:
    export, _rows = _exported(bank.user("analyst"))
    for other in (bank.user("branch_head"), bank.user("marketer"), bank.user("auditor")):
        with pytest.raises(NotFound):
            services.fetch_export(other, export.pk, now=timezone.now())
    with pytest.raises(NotFound):
        services.fetch_export(bank.user("analyst"), uuid4(), now=timezone.now())


def test_a_file_lasts_a_day_and_is_readable_by_the_desk_alone(bank: SmallBank) -> None:
    export, _rows = _exported(bank.user("analyst"))
    path, _name = services.fetch_export(bank.user("analyst"), export.pk, now=timezone.now())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    later = timezone.now() + timedelta(hours=24, minutes=1)
    with pytest.raises(NotFound):
        services.fetch_export(bank.user("analyst"), export.pk, now=later)
    assert forget_expired(later) == 1
    assert not path.exists()
    export.refresh_from_db()
    assert export.state == Export.State.EXPIRED


def test_too_many_rows_are_refused_with_the_way_out(bank: SmallBank, settings: Any) -> None:
    settings.EXPORT_ROWS = 10
    with pytest.raises(Unacceptable, match="10") as refused:
        services.request_export(bank.user("analyst"), "customers", {}, "everything", now=timezone.now())
    assert refused.value.remedy
    services.request_export(bank.user("analyst"), "customers", {"kind": "company"}, "few", now=timezone.now())


def test_a_right_lost_meanwhile_counts(bank: SmallBank) -> None:
    analyst, now = bank.user("analyst"), timezone.now()
    export = services.request_export(analyst, "customers", {}, "review", now=now)
    Post.objects.filter(user=analyst).delete()
    exports.write(str(export.pk), now)
    export.refresh_from_db()
    assert export.state == Export.State.FAILED and export.problem


def test_a_full_disk_is_told_to_the_requester_and_to_the_log(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any, **_named: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "write_workbook", full)
    export = services.request_export(bank.user("analyst"), "customers", {}, "review", now=timezone.now())
    with pytest.raises(OSError, match="No space"):
        exports.write(str(export.pk), timezone.now())
    export.refresh_from_db()
    assert export.state == Export.State.FAILED and export.problem


def test_the_same_task_run_twice_writes_one_file(bank: SmallBank) -> None:
    export, _rows = _exported(bank.user("analyst"))
    ready = export.ready_at
    exports.write(str(export.pk), timezone.now() + timedelta(minutes=5))
    export.refresh_from_db()
    assert export.ready_at == ready


@pytest.mark.parametrize("alone", [1000, 5], ids=["alone", "with a second person"])
def test_asked_for_once_more_it_is_the_same_file_and_asks_nobody_again(
    bank: SmallBank, settings: Any, alone: int
) -> None:
    settings.EXPORT_ROWS_ALONE = alone
    analyst, now = bank.user("analyst"), timezone.now()

    def ask(after: int = 0, **other: str) -> Export:
        asked = {"tier": "gold", "reason": "quarterly review"} | other
        reason = asked.pop("reason")
        return services.request_export(
            analyst, "customers", asked, reason, now=now + timedelta(seconds=after), language="en"
        )

    first = ask()
    assert ask(1) == first and ask(600) == first, "on its way, or before a second person"
    assert ask(reason="another review") != first and ask(tier="platinum") != first
    assert Change.objects.filter(subject_id=str(first.pk)).count() == (1 if alone == 5 else 0)
    assert AuditEvent.objects.filter(act="export.request", object_id=str(first.pk)).count() == 1
    Export.objects.filter(pk=first.pk).update(state=Export.State.READY)
    assert ask(59) == first and ask(61) != first, "written: a minute later they want the figures of that minute"


def test_what_was_refused_may_be_asked_for_again_at_once(bank: SmallBank, settings: Any) -> None:
    settings.EXPORT_ROWS_ALONE = 5
    analyst, now = bank.user("analyst"), timezone.now()
    first = services.request_export(analyst, "customers", {}, "quarterly review", now=now)
    changes.withdraw(analyst, Change.objects.get(subject_id=str(first.pk)).pk, now=now)
    assert services.request_export(analyst, "customers", {}, "quarterly review", now=now) != first


def test_the_trail_says_who_took_what_out_and_how_many(bank: SmallBank) -> None:
    _exported(bank.user("analyst"), tier="gold")
    asked, written, fetched = AuditEvent.objects.filter(object_kind="export").order_by("pk")
    assert [asked.act, written.act, fetched.act] == ["export.request", "export.write", "export.fetch"]
    assert asked.reason == "quarterly review" and asked.changes["filter"] == {"tier": "gold"}
    assert written.changes["rows"] == 12


@pytest.mark.parametrize("reason", ["", "   ", "x", "x" * 501])
def test_an_export_has_a_reason(bank: SmallBank, reason: str) -> None:
    with pytest.raises(Unacceptable):
        services.request_export(bank.user("analyst"), "customers", {}, reason, now=timezone.now())


def test_what_no_app_offers_is_not_exported(bank: SmallBank) -> None:
    with pytest.raises(Unacceptable, match="passwords"):
        services.request_export(bank.user("analyst"), "passwords", {}, "review", now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_the_worker_writes_what_was_asked_for() -> None:
    from django.core.management import call_command

    from desk.small_bank import publish_small_bank

    bank = publish_small_bank(customers=12)
    export = services.request_export(bank.user("analyst"), "customers", {}, "review", now=timezone.now())
    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    export.refresh_from_db()
    assert (export.state, export.rows) == ("ready", 12)


@pytest.mark.parametrize("filters", [{"tier": "emerald"}, {"tiers": "gold"}, {"near": "perhaps"}])
def test_a_filter_that_means_nothing_does_not_export_everyone(bank: SmallBank, filters: dict[str, str]) -> None:
    with pytest.raises(Unacceptable):
        services.request_export(bank.user("analyst"), "customers", filters, "review", now=timezone.now())
