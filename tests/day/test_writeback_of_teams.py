"""Absences and hand-overs reach the lake as they stand: who stands in, who took over, who was told, what was undone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings as desk
from django.utils import timezone

from day.test_writeback import merged
from day.test_writeback_of_work import rows
from tenure.contracts import LAKE
from tenure.contracts.lake import desk_team
from tenure.desk.org.models import User
from tenure.desk.parties.models import Absence
from tenure.desk.requests import rules as requests
from tenure.desk.requests.models import Suppressed
from tenure.desk.team import absences, handing, rules
from tenure.desk.team.models import Handover, HandoverLine
from tenure.desk.writeback import days_to_write_back
from tenure.insight import Window, thresholds
from tenure.lake import Lake, connect, land_tables, schema_of
from tenure.nightly import persons
from tenure.nightly.caching import Cache
from tenure.nightly.past import Past
from tenure.nightly.writeback import write_back, write_back_merges

pytestmark = pytest.mark.django_db(transaction=True)


def _away(author: User, at: datetime, **more: Any) -> Absence:
    content = {"staff_id": "S1", "stand_in": "S2", "kind": "leave", "first_on": at.date(),
               "last_on": at.date() + timedelta(days=9)} | more  # fmt: skip
    return Absence.objects.create(noted_by=author, noted_at=at, **content)


def _handed(author: User, at: datetime, *party_ids: str, **more: Any) -> Handover:
    rule = {"tier": "gold", "branch": "HQ", "least": 5_000_000}
    content = {"external_id": f"one-{at.isoformat()}", "rule": rule, "reason": "王调往分行"} | more
    one = Handover.objects.create(
        from_staff="S1", to_staff=["S2", "S3"], split="value", credit_from=at.date() + timedelta(days=3),
        org_path="/HQ/", made_by=author, made_at=at, changed_at=at, **content,
    )  # fmt: skip
    for number in party_ids:
        HandoverLine.objects.create(handover=one, party_id=number, role="lead", to_staff="S2", value=7_000_000)
    return one


def _staff(lake: Lake, on: date, people: str) -> None:
    """The bank's file of its people, whole."""
    staff = [
        {"staff_id": f"S{'王赵钱李'.index(name) + 1}", "name": name, "org_id": "HQ", "role": "relationship_manager"}
        for name in people
    ]
    told = [{c.name: row.get(c.name) for c in LAKE["staff"]} for row in staff]
    table = pa.Table.from_pylist(told, schema=schema_of(LAKE["staff"]).to_pyarrow())
    land_tables(lake, "core", on, {"staff": table}, full=["staff"])


@pytest.fixture
def lake(lake: Lake) -> Lake:
    """That lake, whose manager has colleagues."""
    _staff(lake, date(2026, 7, 1), "王赵钱李")
    return lake


@pytest.fixture
def head(db: None) -> User:
    """Who approves."""
    return User.objects.create_user("head", None, name="李", staff_id="S4")


def _settled(one: Handover, head: User, state: str, line: str) -> None:
    """What the worker leaves behind, without the branch's people it asks for."""
    later = timezone.now()
    Handover.objects.filter(pk=one.pk).update(state=state, approved_by=head, changed_at=later)
    one.lines.update(state=line, done_at=later, to_tell=line == "done", changed_at=later)


def test_a_hand_over_reaches_the_lake_proposed_carried_out_told_and_taken_back(
    lake: Lake, author: User, head: User
) -> None:
    now = timezone.now()
    one = _handed(author, now, "C1", "C2")
    assert write_back(lake) == 3
    (waits,) = rows(lake, "hand_over")
    assert (waits["from_staff"], waits["to_staff"], waits["org_id"]) == ("S1", "S2 S3", "HQ")
    assert (waits["tier"], waits["branch"], waits["kind"], waits["least"], waits["most"], waits["single"]) == (
        "gold", "HQ", None, 5_000_000, None, False,
    )  # fmt: skip
    assert (waits["reason"], waits["split"], waits["credit_from"]) == ("王调往分行", "value", one.credit_from)
    assert (waits["state"], waits["proposed_by"], waits["approved_by"]) == ("waiting", "S1", None)
    assert (waits["settled_at"], waits["undone_at"]) == (None, None)
    assert write_back(lake) == 0, "a second night finds nothing to tell"

    _settled(one, head, "done", "done")
    assert write_back(lake) == 3
    (done,) = rows(lake, "hand_over")
    assert (done["state"], done["approved_by"], done["undone_at"]) == ("done", "S4", None)
    assert done["settled_at"] is not None
    held = {row["party_id"]: row for row in rows(lake, "hand_over_line")}
    assert set(held) == {"C1", "C2"}
    assert {(row["from_staff"], row["to_staff"], row["role"], row["value"]) for row in held.values()} == {
        ("S1", "S2", "lead", 7_000_000)
    }
    assert [held["C1"][name] for name in ("state", "to_tell", "told_at")] == ["done", True, None]

    # told, by the line's own moment: the hand-over itself has not changed
    told = timezone.now()
    one.lines.filter(party_id="C1").update(
        to_tell=False, told_at=told, told_how="letter", told_by=author, changed_at=told
    )
    assert [day.day for day in days_to_write_back()] == [timezone.localdate(now)]
    write_back(lake)
    held = {row["party_id"]: row for row in rows(lake, "hand_over_line")}
    assert [held["C1"][name] for name in ("to_tell", "told_how", "told_by")] == [False, "letter", "S1"]
    assert held["C1"]["told_at"] == timezone.localtime(told).replace(tzinfo=None)
    assert [held["C2"][name] for name in ("to_tell", "told_how", "told_by")] == [True, None, None]

    one.lines.update(told_at=None, told_how="", told_by=None)
    _settled(one, head, "undone", "undone")
    write_back(lake)
    (undone,) = rows(lake, "hand_over")
    one.refresh_from_db()
    assert undone["state"] == "undone"
    assert undone["undone_at"] == timezone.localtime(one.changed_at).replace(tzinfo=None)
    assert {row["state"] for row in rows(lake, "hand_over_line")} == {"undone"}
    assert write_back(lake) == 0 and list(days_to_write_back()) == []


def test_a_night_amid_a_hand_over_does_not_miss_what_the_job_moves_after_it(
    lake: Lake, author: User, head: User
) -> None:
    """The job knows the moment it began; a night that has read since then must still see what it does."""
    began = timezone.now()
    one = _handed(author, began - timedelta(hours=1), "C1", "C2")
    Handover.objects.filter(pk=one.pk).update(state="moving", approved_by=head, changed_at=began)
    write_back(lake)
    handing.carry(str(one.pk), began)  # nobody of the publication leads them: both are hindered, in words
    assert write_back(lake) == 3
    held = rows(lake, "hand_over_line")
    assert {row["state"] for row in held} == {"hindered"} and all(row["hindered"] for row in held)
    assert [row["state"] for row in rows(lake, "hand_over")] == ["done"]


def test_who_has_left_the_banks_file_since_still_stands_in_what_they_handed_over(
    lake: Lake, author: User, head: User
) -> None:
    """Customers are handed over because somebody leaves; some are told only after that."""
    one = _handed(author, timezone.now(), "C1")
    write_back(lake)
    _staff(lake, date(2026, 7, 2), "赵钱李")
    _settled(one, head, "done", "done")
    assert write_back(lake) == 2
    assert [(row["from_staff"], row["state"]) for row in rows(lake, "hand_over_line")] == [("S1", "done")]


def test_a_single_customer_handed_over_is_named_by_the_line_alone(lake: Lake, author: User) -> None:
    _handed(author, timezone.now(), "C1", rule={"party_id": "C1"}, reason="客户要求")
    write_back(lake)
    (one,) = rows(lake, "hand_over")
    assert one["single"] and "C1" not in str(one)
    assert [row["party_id"] for row in rows(lake, "hand_over_line")] == ["C1"]


def test_an_absence_reaches_the_lake_with_its_stand_in_and_ends_earlier_there_too(
    lake: Lake, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absences, "must", lambda *_: None)
    monkeypatch.setattr(absences, "may_change", lambda *_: True)
    now = timezone.now()
    one = _away(author, now)
    assert write_back(lake) == 1
    (away,) = rows(lake, "absence")
    assert (away["staff_id"], away["stand_in"], away["kind"], away["noted_by"]) == ("S1", "S2", "leave", "S1")
    assert (away["first_on"], away["last_on"], away["changed_by"]) == (one.first_on, one.last_on, None)
    assert write_back(lake) == 0
    back = timezone.localdate() + timedelta(days=2)
    absences.end_absence(author, one.pk, back, now=timezone.now())
    assert write_back(lake) == 1
    (away,) = rows(lake, "absence")
    assert (away["last_on"], away["changed_by"]) == (back, "S1")
    assert write_back(lake) == 0 and list(days_to_write_back()) == []


def test_an_absence_called_off_leaves_the_lake_and_before_the_night_never_was(
    lake: Lake, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absences, "must", lambda *_: None)
    monkeypatch.setattr(absences, "may_change", lambda *_: True)
    now = timezone.now()
    soon, today = now + timedelta(days=3), timezone.localdate()
    _away(author, now, first_on=soon.date(), last_on=soon.date(), ended_at=now)
    assert write_back(lake) == 0
    one = _away(author, now, first_on=soon.date(), last_on=soon.date())
    write_back(lake)
    assert len(rows(lake, "absence")) == 1
    absences.end_absence(author, one.pk, today, now=timezone.now())
    write_back(lake)
    assert rows(lake, "absence") == []
    assert list(days_to_write_back()) == []


def test_whoever_is_erased_is_in_no_line_and_their_copy_names_no_employee(lake: Lake, author: User) -> None:
    now = timezone.now()
    _handed(author, now, "C1", "C2", reason="王离职")
    write_back(lake)
    with connect() as engine:
        mine = {part.name: part for part in persons.parts_of(lake, engine, ["C1"])}["hand_over_line"]
    assert len(mine.rows) == 1
    assert not {"S1", "S2"} & {str(value) for value in mine.rows[0]}
    Suppressed.objects.create(
        digest=requests.digest_of("C1", desk.SECRET_KEY), since=timezone.localdate(), lake_next=timezone.localdate()
    )
    with connect() as engine:
        persons.erase_due(lake, engine, now)
    assert [row["party_id"] for row in rows(lake, "hand_over_line")] == ["C2"]
    for table in desk_team.DESK_TEAM:
        assert "C1" not in str(rows(lake, table.name)), table.name


def test_a_customer_handed_over_who_was_merged_stands_under_the_number_that_was_kept(lake: Lake, author: User) -> None:
    _handed(author, timezone.now(), "C2")
    merged(author)
    write_back(lake)
    write_back_merges(lake)
    with connect() as engine:
        past = Past(Cache(lake, engine), lake.head(), Window(timezone.localdate()), thresholds.load(lake.currency))
        assert engine.arrow(past.table("hand_over_line"))["party_id"].to_pylist() == ["C1"]


def test_no_employees_number_stands_in_anybodys_copy() -> None:
    for name in requests.LAKE_TABLES:
        of_staff = {column for column, other, _key in LAKE[name].foreign if other == "staff"}
        assert of_staff <= requests.OF_OTHERS, name


def test_the_contract_knows_the_codes_of_the_desk() -> None:
    assert rules.SPLITS == desk_team.HAND_OVER_SPLITS
    assert tuple(code for code, _name in HandoverLine._meta.get_field("role").choices or ()) == desk_team.HANDED_ROLES
    for model, table in ((Handover, desk_team.HAND_OVER), (HandoverLine, desk_team.HAND_OVER_LINE)):
        assert set(model.State.values) == set(table["state"].allowed)
    told = {code for code, _name in HandoverLine._meta.get_field("told_how").choices or ()}
    assert told == set(desk_team.HAND_OVER_LINE["told_how"].allowed)
