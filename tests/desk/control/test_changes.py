"""Four eyes: what one person made takes effect when another has checked it, once, and never by the same person."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from desk.small_bank import SmallBank
from tenure.desk.control import exports, services
from tenure.desk.control.changes import selectors
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change, Export
from tenure.desk.org.models import Post, User


@pytest.fixture(autouse=True)
def _few_rows_alone(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    settings.EXPORT_ROWS_ALONE = 5


def _asked(user: User) -> tuple[Export, Change]:
    export = services.request_export(user, "customers", {}, "yearly review", now=timezone.now(), language="en")
    return export, Change.objects.get(subject_kind="export", subject_id=str(export.pk))


def test_a_file_of_many_rows_waits_for_a_second_person(bank: SmallBank) -> None:
    marketer, executive = bank.user("marketer"), bank.user("executive")
    export, change = _asked(marketer)
    exports.write(str(export.pk), timezone.now())
    export.refresh_from_db()
    assert export.state == Export.State.UNCHECKED and export.rows == 0
    assert [one.pk for one in selectors.to_check(executive)] == [change.pk]
    changes.approve(executive, change.pk, now=timezone.now())
    exports.write(str(export.pk), timezone.now())
    export.refresh_from_db()
    assert export.state == Export.State.READY and export.rows > 5
    assert selectors.to_check(executive) == []


def test_the_file_says_who_approved_it(bank: SmallBank) -> None:
    from openpyxl import load_workbook

    export, change = _asked(bank.user("marketer"))
    changes.approve(bank.user("executive"), change.pk, now=timezone.now())
    exports.write(str(export.pk), timezone.now())
    path, _name = services.fetch_export(bank.user("marketer"), export.pk, now=timezone.now())
    assert bank.user("executive").name in next(load_workbook(path).active.values)[0]


def test_few_rows_need_nobody(bank: SmallBank) -> None:
    services.request_export(bank.user("marketer"), "customers", {"q": bank.party_id}, "one", now=timezone.now())
    assert not Change.objects.exists()


def test_nobody_checks_what_they_made(bank: SmallBank) -> None:
    head = bank.user("branch_head")  # who checks others' changes at this very branch
    _export, change = _asked(head)
    assert not selectors.may_check(head, change) and selectors.to_check(head) == []
    with pytest.raises(NotAllowed):
        changes.approve(head, change.pk, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(state="approved", checked_by=head, checked_at=timezone.now())


def test_a_change_is_checked_at_its_branch_or_above_and_nowhere_else(bank: SmallBank) -> None:
    _export, change = _asked(bank.user("branch_head"))
    other = User.objects.create(username="head-s2", name="另一位")
    Post.objects.create(user=other, role="branch_head", org_id="S2", org_path=_path(bank.stranger))
    assert selectors.to_check(other) == []
    with pytest.raises(NotFound):
        changes.approve(other, change.pk, now=timezone.now())
    assert selectors.may_check(bank.user("executive"), change)
    second = User.objects.create(username="deputy", name="副行长")
    Post.objects.create(user=second, role="branch_head", org_id="S1", org_path=change.org_path)
    assert [one.pk for one in selectors.to_check(second)] == [change.pk]


def _path(user: User) -> str:
    return user.posts.get().org_path


@pytest.mark.parametrize("role", ["relationship_manager", "teller", "marketer", "analyst", "administrator", "auditor"])
def test_roles_that_check_nothing_decide_nothing(bank: SmallBank, role: str) -> None:
    _export, change = _asked(bank.user("branch_head"))
    with pytest.raises((NotAllowed, NotFound)):
        changes.approve(bank.user(role), change.pk, now=timezone.now())
    change.refresh_from_db()
    assert change.state == Change.State.WAITING


def test_a_rejection_says_why_and_stays(bank: SmallBank) -> None:
    executive, marketer = bank.user("executive"), bank.user("marketer")
    export, change = _asked(marketer)
    with pytest.raises(Unacceptable):
        changes.reject(executive, change.pk, " ", now=timezone.now())
    changes.reject(executive, change.pk, "the list of last week will do", now=timezone.now())
    export.refresh_from_db()
    assert export.state == Export.State.REFUSED and export.problem == "the list of last week will do"
    kept = selectors.made_by(marketer)[0]
    assert (kept.state, kept.words) == ("rejected", "the list of last week will do")
    with pytest.raises(Conflict):
        changes.approve(executive, change.pk, now=timezone.now())
    line = AuditEvent.objects.get(act="change.reject")
    assert line.object_id == str(change.pk) and line.reason == "the list of last week will do"


def test_a_maker_withdraws_while_it_waits_and_not_after(bank: SmallBank) -> None:
    marketer = bank.user("marketer")
    export, change = _asked(marketer)
    with pytest.raises(NotFound):
        changes.withdraw(bank.user("analyst"), change.pk, now=timezone.now())
    changes.withdraw(marketer, change.pk, now=timezone.now())
    export.refresh_from_db()
    assert export.state == Export.State.REFUSED
    with pytest.raises(Conflict):
        changes.withdraw(marketer, change.pk, now=timezone.now())
    with pytest.raises(Conflict):
        changes.approve(bank.user("executive"), change.pk, now=timezone.now())


def test_a_subject_has_one_change_of_a_kind_waiting(bank: SmallBank) -> None:
    marketer = bank.user("marketer")
    export, _change = _asked(marketer)
    with pytest.raises(Conflict, match=marketer.name):
        changes.propose(
            bank.user("analyst"), "export.many", ("export", str(export.pk)), {}, "again", org_path="/",
            now=timezone.now(),
        )  # fmt: skip


def test_a_change_that_cannot_be_applied_stays_undecided(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    def moved_on(*_: Any) -> dict[str, Any]:
        raise Conflict("the record changed meanwhile")

    _export, change = _asked(bank.user("marketer"))
    monkeypatch.setattr(type(exports.MANY), "apply", moved_on)
    with pytest.raises(Conflict, match="meanwhile"):
        changes.approve(bank.user("executive"), change.pk, now=timezone.now())
    change.refresh_from_db()
    assert change.state == Change.State.WAITING and change.checked_by is None
    assert not AuditEvent.objects.filter(act="change.approve").exists()


def test_there_is_nothing_at_an_unknown_number(bank: SmallBank) -> None:
    for act in (changes.approve, changes.withdraw):
        with pytest.raises(NotFound):
            act(bank.user("executive"), uuid4(), now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_checkers_at_once_decide_once(bank: SmallBank) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads share SQLite's memory database; the run on PostgreSQL has this race")
    _export, change = _asked(bank.user("branch_head"))
    second = User.objects.create(username="deputy", name="副行长")
    Post.objects.create(user=second, role="branch_head", org_id="S1", org_path=change.org_path)
    checkers, outcomes = [bank.user("executive"), second], []
    ready = threading.Barrier(2)

    def decide(who: User) -> None:
        ready.wait()
        try:
            changes.approve(who, change.pk, now=timezone.now())
            outcomes.append("approved")
        except Conflict:
            outcomes.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(who,)) for who in checkers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["approved", "too late"]
    assert AuditEvent.objects.filter(act="change.approve").count() == 1


def test_the_pages_show_it_to_who_may_and_decide_it(bank: SmallBank, as_user: Any) -> None:
    _export, change = _asked(bank.user("branch_head"))
    address = f"/audit/changes/{change.pk}/"
    executive = as_user(bank.user("executive"))
    assert "yearly review" in executive.get("/audit/changes/").content.decode()
    page = executive.get(address).content.decode()
    assert 'value="approve"' in page
    own = as_user(bank.user("branch_head")).get(address).content.decode()
    assert 'value="approve"' not in own and 'value="withdraw"' in own
    assert 'value="approve"' not in as_user(bank.user("auditor")).get(address).content.decode()
    assert as_user(bank.stranger).get(address).status_code == 404
    assert executive.post(f"{address}decide", {"act": "approve"}).status_code == 302
    change.refresh_from_db()
    assert change.state == Change.State.APPROVED
    executive.post(f"{address}decide", {"act": "approve"})  # a double click decides nothing more
    assert AuditEvent.objects.filter(act="change.approve").count() == 1


def test_a_checker_sees_how_many_wait_on_every_page(bank: SmallBank, as_user: Any) -> None:
    _asked(bank.user("branch_head"))
    assert '<b class="count">1</b>' in as_user(bank.user("executive")).get("/today/").content.decode()
    assert '<b class="count">' not in as_user(bank.user("branch_head")).get("/today/").content.decode()
