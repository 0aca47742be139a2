"""Whoever a complaint is about learns nothing of it, by any way in, whatever their posts; who oversees reads it."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from desk.addresses import body_of, operations, pages, samples
from desk.small_bank import SmallBank
from tenure.desk.control.changes import selectors as changes
from tenure.desk.control.models import Change, Export
from tenure.desk.org.models import Post, User
from tenure.desk.parties.models import Absence, Timeline
from tenure.desk.publication.current import pin
from tenure.desk.voice.cases import digest, escalating, services
from tenure.desk.voice.cases import selectors as cases
from tenure.desk.voice.cases.models import Case, CaseEscalation
from tenure.desk.voice.causes.models import ThemeCorrection, ThemeVoice
from tenure.desk.voice.complaints import (
    counted_selectors,
    exports,
    given_selectors,
    giving_services,
    reading,
    selectors,
)
from tenure.desk.voice.complaints.filters import filter_from
from tenure.desk.voice.complaints.models import Arrival, Complaint
from tenure.desk.voice.complaints.services import take_in
from tenure.desk.writeback.table import local

AsUser = Callable[[User], Client]
NOW = timezone.now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Stands in everything that was said and written about it.
SAID = "刁难客户办业务"
#: Who it is about: the head of the branch, who handles complaints above it, who looks after the customer.
SUBJECTS = ("E2001", "E1006", "E2011")
pytestmark = pytest.mark.django_db


@dataclass
class About:
    """A complaint about ``subject``, with all that is written in dealing with one, and whatever tells of it."""

    subject: User
    office: User
    complaint: Complaint
    case: Case
    marks: list[str]
    rows: dict[str, list[str]]


@pytest.fixture(params=SUBJECTS)
def about(bank: SmallBank, request: pytest.FixtureRequest) -> About:
    office = User.objects.create(username="office", name="消保部")  # head office's own complaint function
    Post.objects.create(user=office, role="complaint_handler", org_id="", org_path="/")
    with pin():
        return _written(bank, office, User.objects.get(staff_id=request.param))


def _written(bank: SmallBank, office: User, subject: User) -> About:
    first = take_in(
        office, "A02", NOW - 2 * HOUR, f"{subject.name}{SAID}", party_id=bank.party_id, wish=f"道歉，不再{SAID}",
        concerns=subject.staff_id, external_id="bank-77", now=NOW - HOUR,
    )  # fmt: skip
    one = first.complaint
    again = take_in(office, "A04", NOW, f"来信：{subject.name}{SAID}", party_id=bank.party_id, now=NOW)
    assert again.standing == "waiting" and again.complaint == one and one.case is not None
    case = services.acknowledge(office, one.case.pk, "call", "done", f"就{SAID}致歉", version=1, now=NOW)
    case = services.listen(office, case.pk, f"详述{SAID}", version=case.version, now=NOW)
    case = services.name_cause(office, case.pk, "arrogance", SAID, version=case.version, now=NOW)
    case = services.offer(office, case.pk, f"就{SAID}补偿", version=case.version, now=NOW)
    services.ask_extension(office, case.pk, f"{SAID}需核查录像", now=NOW)
    giving_services.grant(office, one.pk, "points", 900_00, f"因{SAID}补偿", "1", now=NOW)
    letter = giving_services.write_letter(office, one.pk, "decided", "zh-hans", f"{SAID}属实", "", "1", now=NOW)
    contact = case.steps.get(kind="acknowledged").contact_id
    # what the night makes of it
    for number in (f"complaint:desk-{one.pk}", "complaint:bank-77", f"interaction:desk-{contact}"):
        _publish(Timeline, event_id=number, party_id=bank.party_id, at=NOW - HOUR, kind=number.partition(":")[0],
                 words=f"{number[-4:]}{SAID}")  # fmt: skip
    for source, number in (("complaint", f"desk-{one.pk}"), ("complaint", "bank-77"), ("case", str(case.pk))):
        _publish(ThemeVoice, source=source, number=number, theme="waiting", party_id=bank.party_id,
                 said_on=local(NOW).date(), words=f"{number[-4:]}{SAID}")  # fmt: skip
    corrected = ThemeCorrection.objects.create(
        kind="text", theme="waiting", moved_from="fees", words=SAID, source="complaint", number="bank-77",
        party_id=bank.party_id, made_by=bank.user("analyst"), made_at=NOW,
    )  # fmt: skip
    rows = {
        "uuid:complaint_id": [str(one.pk)], "uuid:case_id": [str(case.pk)], "uuid:arrival_id": [str(again.pk)],
        "uuid:letter_id": [str(letter.pk)], "uuid:contact_id": [str(contact)],
        "uuid:change_id": [str(change.pk) for change in Change.objects.all()],
        "int:correction_id": [str(corrected.pk)], "str:party_id": [bank.party_id], "str:key": ["waiting"],
        "slug:form": ["code", "listen", "recuse"],
    }  # fmt: skip
    return About(subject, office, one, case, [SAID, one.number, case.number], rows)


def _publish(table: Any, **told: Any) -> None:
    model = table.rows().model
    blank: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if not field.null and not field.primary_key and field.name not in told and not field.has_default():
            blank[field.name] = "" if field.get_internal_type() in ("CharField", "TextField") else 0
    model.objects.create(**blank, **told)


def _variants(arguments: list[str], rows: dict[str, list[str]], known: dict[str, str]) -> Iterator[dict[str, str]]:
    choices = [[(name, value) for value in rows.get(name, [known[name]])] for name in arguments]
    for chosen in itertools.product(*choices):
        yield known | dict(chosen)


def _shown(text: str, about: About) -> list[str]:
    return [mark for mark in about.marks if mark in text]


def test_no_page_shows_it_to_whom_it_is_about(bank: SmallBank, about: About, as_user: AsUser) -> None:
    client, wrong, seen = as_user(about.subject), [], ""
    client.raise_request_exception = False
    kept, known = dict(client.cookies), samples(bank, far=False)
    for page in pages():
        if not set(page.arguments) <= set(about.rows):
            continue  # rows of something else, which there are none of here
        for filled in _variants(page.arguments, about.rows, known):
            client.cookies.clear()
            client.cookies.update(kept)
            with transaction.atomic():
                answer = client.get(page.filled(filled))
                transaction.set_rollback(True)
            if not answer.streaming:
                text = answer.content.decode(errors="replace")
                wrong += [f"{page.filled(filled)}: {mark}" for mark in _shown(text, about)]
                seen += text
    assert not wrong, "\n".join(wrong)
    assert bank.party_id in seen, "the walk looks where the customer is"


def test_no_operation_tells_of_it_to_whom_it_is_about(bank: SmallBank, about: About, as_user: AsUser) -> None:
    client, wrong = as_user(about.subject), []
    client.raise_request_exception = False
    known, tomorrow = samples(bank, far=False), timezone.localdate().isoformat()
    before = (Case.objects.get(pk=about.case.pk).version, Complaint.objects.get(pk=about.complaint.pk).version)
    for operation in operations():
        arguments = [name for name in about.rows if "{" + name.split(":")[1] + "}" in operation.path]
        if operation.name == "reveal" or len(arguments) != operation.path.count("{"):
            continue  # columns of the customer, none of what they said; rows of something else
        for filled in _variants(arguments, about.rows, known):
            body = body_of(operation, filled, tomorrow) if operation.takes_body else None
            sent = {"data": body, "content_type": "application/json"} if body is not None else {}
            with transaction.atomic():
                answer = getattr(client, operation.method)(operation.filled(filled), **sent)
                after = (
                    Case.objects.get(pk=about.case.pk).version,
                    Complaint.objects.get(pk=about.complaint.pk).version,
                )
                transaction.set_rollback(True)
            text = answer.content.decode()
            if text and "json" in answer.headers.get("Content-Type", ""):
                text = json.dumps(answer.json(), ensure_ascii=False)
            wrong += [f"{operation.name}: {mark}" for mark in _shown(text, about)]
            if after != before:
                wrong.append(f"{operation.name} changed it")
            if "complaint_id" in operation.path or "case_id" in operation.path:
                assert answer.status_code in (403, 404, 422), operation.name
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_it_is_in_no_list_digest_count_return_or_file_of_theirs(
    bank: SmallBank, about: About, tmp_path: Any, settings: Any
) -> None:
    day = timezone.localdate(NOW)
    monday = day - timedelta(days=day.weekday())
    with pin():
        for reader, there in ((about.subject, 0), (about.office, 1)):
            everything = selectors.complaint_list(reader, filter_from({"list": "all"}), None, NOW)
            assert (len(everything.rows), everything.count) == (there, there)
            assert len(selectors.of_customer(reader, bank.party_id, NOW)) == there
            assert len(given_selectors.conceded_to(reader, bank.party_id)) == there
            assert len(cases.of_customer(reader, bank.party_id, NOW)) == there
            assert digest.week_of(reader, monday).opened == there
            assert counted_selectors.regulator_return(reader, day - 30 * DAY, day, NOW).counted.total.received == there
            assert len(selectors.alike(reader, bank.party_id, "", f"{SAID}", NOW, NOW)) == there
        assert changes.count_to_check(about.subject) == 0 and changes.to_check(about.subject) == []
        period = {"first": f"{day - 30 * DAY}", "last": f"{day}"}
        cells = [cell for row in exports.RETURN.sheet(about.subject, period, "zh-hans").rows for cell in row]
        assert {cell for cell in cells if isinstance(cell, int)} == {0}
    assert not Export.objects.exists()


def test_who_oversees_and_who_works_on_it_still_reads_it(bank: SmallBank, about: About, as_user: AsUser) -> None:
    readers = [bank.user("auditor"), bank.user("executive"), about.office]
    readers += [bank.user(role) for role in ("branch_head", "complaint_handler") if bank.user(role) != about.subject]
    for reader in readers:
        answer = as_user(reader).get(f"/complaints/{about.complaint.pk}/")
        assert answer.status_code == 200 and about.complaint.number in answer.content.decode(), reader
        assert as_user(reader).get(f"/cases/{about.case.pk}/").status_code == 200, reader
    change = Change.objects.get(kind="case.extend")
    assert changes.sees(bank.user("executive"), change) and changes.sees(bank.user("auditor"), change)


def test_the_refusal_says_no_more_than_of_one_there_is_not(about: About, as_user: AsUser) -> None:
    client, nobody = as_user(about.subject), "00000000-0000-4000-8000-000000000000"
    for there, not_there in (
        (f"/api/v1/complaints/{about.complaint.pk}", f"/api/v1/complaints/{nobody}"),
        (f"/api/v1/cases/{about.case.pk}", f"/api/v1/cases/{nobody}"),
        (f"/api/v1/changes/{Change.objects.all()[0].pk}", f"/api/v1/changes/{nobody}"),
    ):
        one, other = client.get(there), client.get(not_there)
        assert one.status_code == other.status_code == 404
        assert {**one.json(), "instance": ""} == {**other.json(), "instance": ""}


def test_nobody_is_told_of_the_time_of_a_complaint_about_them(bank: SmallBank, about: About) -> None:
    with pin():
        escalating.escalate_due(NOW + 40 * DAY)
    told = set(CaseEscalation.objects.filter(case=about.case).values_list("told", flat=True))
    assert told and about.subject.staff_id not in told


def test_who_says_that_it_is_about_themselves_is_told_that_it_was_taken_down(bank: SmallBank, as_user: AsUser) -> None:
    handler = bank.user("complaint_handler")
    form = {
        "channel": "A02", "received_on": f"{timezone.localdate()}", "party_id": bank.party_id, "words": SAID,
        "concerns": handler.staff_id, "once": "1",
    }  # fmt: skip
    client = as_user(handler)
    answer = client.post("/complaints/new", form, follow=True)
    assert answer.status_code == 200 and answer.redirect_chain[-1][0] == "/complaints/"
    assert "由其他人处理" in answer.content.decode()
    assert Complaint.objects.get().case.owner not in {"", handler.staff_id}  # type: ignore[union-attr]
    sent = {"source": "hand", "source_key": "k", "words": SAID, "concerns": handler.staff_id}
    answer = client.post(f"/cases/customer/{bank.party_id}/new", sent, follow=True)
    assert answer.status_code == 200 and "由其他人处理" in answer.content.decode()
    other = take_in(bank.owner, "A02", NOW - HOUR, "柜面等候太久", party_id=bank.party_id, now=NOW).complaint
    body = {"version": 1, "org_id": "S1", "concerns": handler.staff_id}
    told = client.post(f"/api/v1/complaints/{other.pk}/subject", body, content_type="application/json")
    assert (told.status_code, told.json()["concerns"]) == (200, handler.staff_id)
    assert client.get(f"/api/v1/complaints/{other.pk}").status_code == 404
    opened = client.post(
        "/api/v1/cases", {"party_id": bank.party_id, "words": SAID, "concerns": handler.staff_id},
        content_type="application/json",
    )  # fmt: skip
    assert opened.status_code == 201 and client.get(f"/api/v1/cases/{opened.json()['id']}").status_code == 404


def test_whom_it_is_about_is_not_given_it_as_somebodys_stand_in(bank: SmallBank) -> None:
    today = timezone.localdate()
    Absence.objects.create(
        staff_id="E1006", stand_in="E2001", kind="leave", first_on=today, last_on=today,
        noted_by=bank.owner, noted_at=NOW,
    )  # fmt: skip
    one = take_in(
        bank.owner, "A02", NOW - HOUR, SAID, party_id=bank.party_id, concerns="E2001", now=NOW
    ).complaint  # fmt: skip
    assert one.case is not None and one.case.owner == "E1006", "better one who is away than its subject"
    assert Arrival.objects.count() == 1


def test_every_read_of_these_rows_asks_whom_they_are_about() -> None:
    """A selector that reads them past ``reading.py`` would show them again."""
    folder, past = Path(reading.__file__).parents[1], []
    for path in (one for one in folder.rglob("*.py") if one.name in ("digest.py", "exports.py", "documents.py")
                 or one.name.endswith(("selectors.py", "views.py", "api.py"))):  # fmt: skip
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                told = ast.unparse(function)
                if re.search(r"\b(Case|Complaint)\.objects", told) and not re.search(r"\bsees\(user, row\)", told):
                    past.append(f"{path.relative_to(folder)}: {function.name}")
    assert not past
