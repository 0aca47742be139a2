"""No value of class C2 or C3 stands anywhere in the clear but before those who may see it: every address, every
operation, every file written and every line of the log, as every role."""

from __future__ import annotations

import io
import itertools
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from desk.addresses import ROLES, body_of, operations, pages, samples
from desk.planted import FREE_TEXT, NOT_A_CUSTOMERS, Planted, Token, plant
from desk.small_bank import SmallBank
from desk.team.conftest import wanted
from tenure.contracts import PUBLISHED, DataClass, Kind
from tenure.desk.control import exports
from tenure.desk.control.errors import NotAllowed, Unacceptable
from tenure.desk.control.files import file_of
from tenure.desk.control.logs import Discreet
from tenure.desk.control.models import Export
from tenure.desk.control.rules import in_clear
from tenure.desk.control.sheets import kinds
from tenure.desk.control.sheets import services as sheets
from tenure.desk.org.models import User
from tenure.desk.org.selectors import reach_of
from tenure.desk.parties.visibility import visible_to
from tenure.desk.publication.current import pin
from tenure.desk.team import handing

#: Planted values that the owner's own pages show, each on at least one.
SEEN_BY_THE_OWNER = {
    "customer.name", "customer.phone", "customer.email", "customer.address", "customer.birth_date", "timeline.words",
    "contact", "fact", "signal", "closing", "title", "step", "moved", "advice", "request", "representative", "answer",
    "should_be", "evidence",
}  # fmt: skip

AsUser = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def planted(bank: SmallBank) -> Planted:
    with pin():
        return plant(bank, timezone.now())


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Every line of every logger from DEBUG on, as the desk's handler writes it."""
    text, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(text), root.level
    handler.setFormatter(Discreet())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(before)


def _hidden_from(user: User, tokens: list[Token]) -> list[Token]:
    """What ``user`` may not see in the clear."""
    with pin():
        seen = set(visible_to(user).values_list("party_id", flat=True))
    reach = reach_of(user)
    return [one for one in tokens if one.party_id not in seen or not in_clear(one.column, reach)]


def _found(text: str, tokens: list[Token], where: str) -> list[str]:
    return [f"{where}: {one.where} of {one.party_id}" for one in tokens if one.text in text]


def _variants(pattern: list[str], planted: Planted, far: bool, bank: SmallBank) -> Iterator[dict[str, str]]:
    """Samples for the arguments of an address, with each of the planted rows in turn."""
    known = samples(bank, far=far)
    choices = [[(name, value) for value in planted.rows.get(name, [known[name]])] for name in pattern]
    for chosen in itertools.product(*choices):
        yield known | dict(chosen)


@pytest.mark.parametrize("role", ROLES)
def test_no_address_shows_what_its_reader_may_not_see(
    bank: SmallBank, planted: Planted, as_user: AsUser, lines: io.StringIO, role: str
) -> None:
    user = bank.user(role)
    hidden, wrong, answered, shown = _hidden_from(user, planted.tokens), [], 0, ""
    client = as_user(user)
    client.raise_request_exception = False
    signed_in = client.cookies[settings.SESSION_COOKIE_NAME].value
    for page in pages():
        addresses = [
            page.filled(known) for far in (False, True) for known in _variants(page.arguments, planted, far, bank)
        ]
        for address in dict.fromkeys(addresses):
            client.cookies.clear()  # one of the pages signs out, another changes the session
            client.cookies[settings.SESSION_COOKIE_NAME] = signed_in
            with transaction.atomic():
                answer = client.get(address)
                transaction.set_rollback(True)
            if not answer.streaming:
                text = answer.content.decode(errors="replace")
                answered += answer.status_code == 200
                shown += text if user == bank.owner else ""
                wrong += _found(text, hidden, address)
                wrong += _found(str(dict(answer.headers)), hidden, f"headers of {address}")
    assert not wrong, "\n".join(wrong)
    assert answered > 5
    if user == bank.owner:  # the walk looks where there is something to see
        assert {one.where for one in planted.tokens if one.text in shown} >= SEEN_BY_THE_OWNER
    assert not _found(lines.getvalue(), planted.tokens, "log")


@pytest.mark.parametrize("role", ROLES)
def test_no_operation_tells_what_its_caller_may_not_see(
    bank: SmallBank, planted: Planted, as_user: AsUser, lines: io.StringIO, role: str
) -> None:
    user, wrong = bank.user(role), []
    hidden = _hidden_from(user, planted.tokens)
    tomorrow = timezone.localdate().isoformat()
    client = as_user(user)
    client.raise_request_exception = False
    signed_in = client.cookies[settings.SESSION_COOKIE_NAME].value
    for operation in operations():
        kinds = [name for name in planted.rows if "{" + name.split(":")[1] + "}" in operation.path]
        called = set()
        for far in (False, True):
            for known in _variants(kinds, planted, far, bank):
                body = body_of(operation, known, tomorrow) if operation.takes_body else None
                sent = {"data": body, "content_type": "application/json"} if body is not None else {}
                if operation.name == "reveal":
                    continue  # to show is what it is for, and it is written down (control/test_reveal.py)
                call = (operation.filled(known), json.dumps(body, sort_keys=True, default=str))
                if call in called:
                    continue
                called.add(call)
                client.cookies.clear()
                client.cookies[settings.SESSION_COOKIE_NAME] = signed_in
                with transaction.atomic():
                    answer = getattr(client, operation.method)(operation.filled(known), **sent)
                    transaction.set_rollback(True)
                text = json.dumps(answer.json(), ensure_ascii=False) if _is_json(answer) else answer.content.decode()
                wrong += _found(text, hidden, f"{operation.name} as {role}")
    assert not wrong, "\n".join(sorted(set(wrong)))
    assert not _found(lines.getvalue(), planted.tokens, "log")


def _is_json(answer: Any) -> bool:
    return bool(answer.content) and "json" in answer.headers.get("Content-Type", "")


@pytest.mark.parametrize("role", ["branch_head", "marketer", "analyst"])
def test_no_export_holds_what_its_reader_may_not_see(
    bank: SmallBank, planted: Planted, lines: io.StringIO, tmp_path: Any, settings: Any, role: str
) -> None:
    import openpyxl

    settings.HOME = tmp_path
    user = bank.user(role)
    hidden, written = _hidden_from(user, planted.tokens), 0
    moved = handing.propose(bank.owner, wanted(), "moves to another branch", str(uuid4()), now=timezone.now())
    filters = {"handover": {"handover": str(moved.pk)}}
    for kind in exports.KINDS:
        export = Export.objects.create(
            requested_by=user, kind=kind, filters=filters.get(kind, {}), reason="a test", language="zh-hans",
            requested_at=timezone.now(),
        )  # fmt: skip
        exports.write(str(export.pk), timezone.now())
        if not file_of(export).exists():
            continue
        written += 1
        book = openpyxl.load_workbook(file_of(export))
        cells = "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
        assert not _found(cells, hidden, f"export of {kind} as {role}")
    assert written
    assert not _found(lines.getvalue(), planted.tokens, "log")


@pytest.mark.parametrize("role", ROLES)
def test_no_workbook_holds_what_its_editor_may_not_see(bank: SmallBank, planted: Planted, role: str) -> None:
    import openpyxl

    user = bank.user(role)
    with pin():
        for kind in kinds.KINDS:
            out = io.BytesIO()
            try:
                sheet = sheets.take_out(user, kind, {}, "a test", now=timezone.now(), language="zh-hans")
            except NotAllowed:
                continue
            except Unacceptable:  # nothing of theirs to edit
                continue
            sheets.file_of(user, sheet.pk, out, now=timezone.now())
            book = openpyxl.load_workbook(out)
            cells = "\n".join(str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row)
            assert not _found(cells, _hidden_from(user, planted.tokens), f"workbook of {kind} as {role}")


def test_no_line_of_the_log_has_what_was_searched_for_sent_or_failed_over(
    bank: SmallBank, planted: Planted, as_user: AsUser, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusals, unknown addresses and failures of the desk itself, with values in address, form and exception."""
    words = {one.text for one in planted.tokens if one.party_id == bank.party_id}
    client = as_user(bank.owner)
    client.raise_request_exception = False
    for word in words:
        client.get("/customers/", {"q": word})
        client.get(f"/customers/{word}/")
        client.get(f"/nowhere/{word}")
        client.post(f"/customers/{bank.party_id}/reveal/certificate_no", {"reason": word})
        client.post("/api/v1/contacts", {"party_id": word, "words": word}, content_type="application/json")
        client.post("/api/v1/contacts", "{" + word, content_type="application/json")

    def fails(*_: Any, **__: Any) -> Any:
        try:
            raise ValueError(" ".join(words))
        except ValueError as inner:
            raise RuntimeError(f"Key (name)=({' '.join(words)}) exists") from inner

    monkeypatch.setattr("tenure.desk.parties.views.selectors", type("Broken", (), {"__getattr__": fails})())
    monkeypatch.setattr("tenure.desk.parties.api.selectors", type("Broken", (), {"__getattr__": fails})())
    shown = client.get(f"/customers/{bank.party_id}/", {"q": next(iter(words))})
    told = client.get(f"/api/v1/customers/{bank.party_id}")
    assert shown.status_code == told.status_code == 500
    log = lines.getvalue()
    assert not _found(log, planted.tokens, "log")
    assert "RuntimeError" in log and "ValueError" in log and "/customers/<str:party_id>/" in log
    for answer in (shown, told):
        assert not _found(answer.content.decode(), planted.tokens, "the page of a failure")


def test_the_desk_writes_its_log_with_that_formatter_and_mails_no_request() -> None:
    handlers = [*logging.getLogger().handlers, *logging.getLogger("django").handlers]
    own = [one for one in handlers if type(one) is logging.StreamHandler and one.stream.name == "<stderr>"]
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "discreet"
    assert all(isinstance(one.formatter, Discreet) for one in own)
    assert not [one for one in handlers if "AdminEmail" in type(one).__name__]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("GET /customers/?q=王芳&tier=gold 200", "GET /customers/?… 200"),
        ("no account 6217001234567890123 here", "no account … here"),
        ("33010619680504123X", "…"),
        ("mail to zhang.san@example.com", "mail to …@…"),
        ("run 2026-06-30-12, request 4f6c", "run 2026-06-30-12, request 4f6c"),
    ],
)
def test_what_may_stand_for_a_person_is_left_out_of_a_line(said: str, written: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 1, said, (), None)
    assert Discreet().format(record).endswith(" " + written)


def test_every_field_people_write_in_is_walked_or_no_customers() -> None:
    unknown = []
    for model in apps.get_models():
        if not model.__module__.startswith("tenure.desk") or hasattr(model, "contract") or _is_published(model):
            continue
        for one in model._meta.concrete_fields:
            free = one.get_internal_type() == "TextField" or (
                one.get_internal_type() == "CharField" and not one.choices and (one.max_length or 0) >= 100
            )
            label = f"{model._meta.label}.{one.name}"
            known = label in FREE_TEXT or {label, model._meta.app_label} & set(NOT_A_CUSTOMERS)
            if free and not known and not one.name.endswith(("_path", "_key", "cause")):
                unknown.append(label)
    assert not unknown, f"plant a value for these in tests/desk/planted.py: {unknown}"


def _is_published(model: Any) -> bool:
    from tenure.desk.publication.slots import TABLES

    return any(model in table.models.values() for table in TABLES.values())


def test_every_published_column_of_those_classes_is_planted(planted: Planted) -> None:
    expected = {
        f"{name}.{column.name}"
        for name, table in PUBLISHED.items()
        for column in table
        if "party_id" in table and column.data_class is not DataClass.C1 and column.kind in (Kind.TEXT, Kind.DATE)
    }
    assert expected - {"customer.phone_tail"} <= {one.where for one in planted.tokens}
    assert set(FREE_TEXT.values()) - {"phone"} <= {one.where for one in planted.tokens}
