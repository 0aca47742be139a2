"""Round-trip Excel: what was edited comes back cell by cell, is checked by another, put into force, and taken back."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as desk_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from desk.small_bank import SmallBank
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change, Consent, Sheet
from tenure.desk.control.sheets import services as sheets
from tenure.desk.control.sheets.reading import grid_of
from tenure.desk.org.models import User
from tenure.desk.parties import consents
from tenure.desk.parties.consent_sheets import CONSENTS
from tenure.desk.parties.models import Customer

NOW = timezone.now()
Edit = Callable[[Any], None]


def _out(user: User, **filters: str) -> tuple[Sheet, BytesIO]:
    sheet = sheets.take_out(user, "consents", filters, "signed forms of May", now=NOW, language="en")
    out = BytesIO()
    sheets.file_of(user, sheet.pk, out, now=NOW)
    out.seek(0)
    return sheet, out


def _edited(out: BytesIO, edit: Edit) -> BytesIO:
    book = load_workbook(out)
    edit(book.active)
    held = BytesIO()
    book.save(held)
    held.seek(0)
    return held


def _row_of(page: Any, party_id: str) -> int:
    return next(cell.row for cell in page["A"] if cell.value == party_id)


def _set(party_id: str, value: str, column: str = "D") -> Edit:
    def edit(page: Any) -> None:
        page[f"{column}{_row_of(page, party_id)}"] = value

    return edit


def _bank_says(party_id: str, says: bool | None) -> None:
    Customer.models["a"].objects.filter(party_id=party_id).update(consent_marketing=says)


def _agrees(bank: SmallBank, party_id: str = "") -> bool | None:
    found = consents.consents_of(bank.user("branch_head"), party_id or bank.party_id)
    return next(one["agrees"] for one in found if one["purpose"] == "marketing")


def _in_force(bank: SmallBank, sheet: Sheet) -> None:
    change = sheets.send(bank.user("branch_head"), sheet.pk, now=NOW)
    changes.approve(bank.user("executive"), change.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)


def test_an_edited_cell_is_in_force_when_another_has_approved_it_and_not_before(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    _bank_says(bank.party_id, True)
    sheet, out = _out(head)
    compared = sheets.bring_back(head, _edited(out, _set(bank.party_id, "refuses")), now=NOW)
    assert compared.sheet.edits == [[bank.party_id, "marketing", "yes", "no"]] and not compared.faults
    assert _agrees(bank) is True
    change = sheets.send(head, sheet.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)
    assert _agrees(bank) is True
    with pytest.raises(NotAllowed):
        changes.approve(head, change.pk, now=NOW)
    changes.approve(bank.user("executive"), change.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)
    assert _agrees(bank) is False
    assert AuditEvent.objects.get(act="consent.note").actor_id == head.pk
    sheets.work(str(sheet.pk), NOW)  # the job once more
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("kind", ["consents", "coverage"])
@pytest.mark.parametrize(("language", "gold"), [("zh-hans", "金卡"), ("en", "Gold")])
def test_a_workbook_speaks_the_language_it_was_taken_out_in(
    bank: SmallBank, kind: str, language: str, gold: str
) -> None:
    head = bank.user("branch_head")
    sheet = sheets.take_out(head, kind, {"tier": "gold"}, "signed forms of May", now=NOW, language=language)
    out = BytesIO()
    with translation.override("en" if language == "zh-hans" else "zh-hans"):
        sheets.file_of(head, sheet.pk, out, now=NOW)
    _mark, _heads, *rows = load_workbook(out).active.values
    assert {row[2] for row in rows} == {gold}


def test_a_double_click_takes_out_one_workbook(bank: SmallBank) -> None:
    head = bank.user("branch_head")

    def out(after: int = 0, reason: str = "signed forms of May") -> Sheet:
        return sheets.take_out(head, "consents", {}, reason, now=NOW + timedelta(seconds=after), language="en")

    first = out()
    assert out(1) == first and AuditEvent.objects.filter(act="sheet.take_out").count() == 1
    assert out(1, "signed forms of June") != first and out(61) != first
    _bank_says(bank.party_id, _agrees(bank) is not True)
    assert out(2) != first, "what stands in it is another thing by now"


def test_a_workbook_brought_back_as_it_was_differs_in_nothing(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    sheet, out = _out(head)
    compared = sheets.bring_back(head, out, now=NOW)
    assert compared.sheet.edits == [] and compared.faults == [] and compared.moved == []
    with pytest.raises(Conflict):
        sheets.send(head, sheet.pk, now=NOW)


@pytest.mark.parametrize("before", [True, False, None])
def test_what_was_taken_back_stands_as_before(bank: SmallBank, before: bool | None) -> None:
    head = bank.user("branch_head")
    _bank_says(bank.party_id, before)
    sheet, out = _out(head)
    sheets.bring_back(head, _edited(out, _set(bank.party_id, "refuses" if before else "agrees")), now=NOW)
    _in_force(bank, sheet)
    assert _agrees(bank) is (not before)
    sheets.undo(head, sheet.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)
    assert _agrees(bank) is before
    sheet.refresh_from_db()
    assert sheet.state == Sheet.State.UNDONE
    with pytest.raises(Conflict):
        sheets.undo(head, sheet.pk, now=NOW)


def test_undoing_leaves_alone_what_somebody_has_changed_since(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    _bank_says(bank.party_id, True)
    sheet, out = _out(head)
    sheets.bring_back(head, _edited(out, _set(bank.party_id, "refuses")), now=NOW)
    _in_force(bank, sheet)
    consents.note_consent(bank.owner, bank.party_id, "marketing", True, "phone", now=NOW)
    consents.note_consent(bank.owner, bank.party_id, "marketing", False, "phone", now=NOW)
    _bank_says(bank.party_id, False)
    consents.note_consent(bank.owner, bank.party_id, "marketing", True, "phone", now=NOW)
    sheets.undo(head, sheet.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)
    assert _agrees(bank) is True
    assert Consent.objects.filter(superseded_at=None).get().noted_by == bank.owner


def test_a_cell_changed_at_the_desk_meanwhile_is_left_out_and_named(bank: SmallBank) -> None:
    head, other = bank.user("branch_head"), bank.party_ids[3]
    for party_id in (bank.party_id, other):
        _bank_says(party_id, True)
    sheet, out = _out(head)
    consents.note_consent(bank.owner, bank.party_id, "marketing", False, "phone", now=NOW)

    def both(page: Any) -> None:
        _set(bank.party_id, "not asked")(page)
        _set(other, "refuses")(page)

    compared = sheets.bring_back(head, _edited(out, both), now=NOW)
    assert [one[0] for one in compared.moved] == [bank.party_id]
    assert [one[0] for one in compared.sheet.edits] == [other]
    _in_force(bank, sheet)
    assert (_agrees(bank), _agrees(bank, other)) == (False, False)


def test_one_bad_cell_among_many_is_named_and_the_rest_goes_on(bank: SmallBank) -> None:
    head, other = bank.user("branch_head"), bank.party_ids[3]
    for party_id in (bank.party_id, other):
        _bank_says(party_id, True)
    _sheet, out = _out(head)
    place = 0

    def edit(page: Any) -> None:
        nonlocal place
        place = _row_of(page, bank.party_id)
        _set(bank.party_id, "perhaps")(page)
        _set(other, "refuses")(page)
        page.append(["C999999", "", "", "agrees", "agrees", "agrees"])

    compared = sheets.bring_back(head, _edited(out, edit), now=NOW)
    told = {(one.row, one.column, one.value) for one in compared.faults}
    assert (place, "Marketing", "perhaps") in told and any(one.value == "C999999" for one in compared.faults)
    assert [one[0] for one in compared.sheet.edits] == [other]


def test_a_right_lost_before_the_job_ran_hinders_each_cell_and_says_so(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    _bank_says(bank.party_id, True)
    sheet, out = _out(head)
    sheets.bring_back(head, _edited(out, _set(bank.party_id, "refuses")), now=NOW)
    change = sheets.send(head, sheet.pk, now=NOW)
    changes.approve(bank.user("executive"), change.pk, now=NOW)
    head.posts.all().delete()
    sheets.work(str(sheet.pk), NOW)
    sheet.refresh_from_db()
    assert [bool(one[4]) for one in sheet.results] == [True]
    assert not Consent.objects.exists()


def test_a_workbook_is_its_makers_alone(bank: SmallBank) -> None:
    sheet, out = _out(bank.user("branch_head"))
    with pytest.raises(NotFound):
        sheets.bring_back(bank.owner, out, now=NOW)
    with pytest.raises(NotFound):
        sheets.file_of(bank.owner, sheet.pk, BytesIO(), now=NOW)
    for role in ("teller", "marketer", "analyst", "auditor", "administrator"):
        with pytest.raises(NotAllowed):
            sheets.take_out(bank.user(role), "consents", {}, "curiosity", now=NOW)


def test_a_manager_takes_out_their_own_customers_only(bank: SmallBank) -> None:
    sheet, _file = _out(bank.owner)
    own = {row.key for row in CONSENTS.rows(bank.owner, {}, 1000)}
    assert set(sheet.values) == own and bank.far_party_id not in own


def test_a_managers_workbook_is_checked_by_the_head_of_their_branch(bank: SmallBank) -> None:
    _bank_says(bank.party_id, True)
    sheet, out = _out(bank.owner)
    sheets.bring_back(bank.owner, _edited(out, _set(bank.party_id, "refuses")), now=NOW)
    change = sheets.send(bank.owner, sheet.pk, now=NOW)
    changes.approve(bank.user("branch_head"), change.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)
    assert _agrees(bank) is False


def test_a_rejected_workbook_may_be_edited_and_sent_again(bank: SmallBank) -> None:
    head = bank.user("branch_head")
    _bank_says(bank.party_id, True)
    sheet, out = _out(head)
    back = _edited(out, _set(bank.party_id, "refuses")).getvalue()
    sheets.bring_back(head, BytesIO(back), now=NOW)
    change = sheets.send(head, sheet.pk, now=NOW)
    with pytest.raises(Conflict):
        sheets.bring_back(head, BytesIO(back), now=NOW)
    changes.reject(bank.user("executive"), change.pk, "the form is not signed", now=NOW)
    sheets.bring_back(head, BytesIO(back), now=NOW)
    sheets.send(head, sheet.pk, now=NOW)
    assert Change.objects.filter(subject_id=str(sheet.pk)).count() == 2


def _bomb() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    return held.getvalue()


@pytest.mark.parametrize(
    "held",
    [b"", b"%PDF-1.4 a photograph", b"PK\x03\x04 cut off", b"x" * 6_000_000],
    ids=["empty", "PDF", "half a file", "too large"],
)
def test_what_is_no_workbook_is_said_to_be_none(bank: SmallBank, held: bytes) -> None:
    with pytest.raises(Unacceptable) as no:
        sheets.bring_back(bank.owner, BytesIO(held), now=NOW)
    assert no.value.message


def test_a_file_that_unpacks_without_end_is_not_unpacked() -> None:
    with pytest.raises(Unacceptable, match=r"unpacks|能容纳|超出"):
        grid_of(BytesIO(_bomb()))


def test_a_stranger_workbook_and_changed_heads_are_refused(bank: SmallBank) -> None:
    from openpyxl import Workbook

    held = BytesIO()
    Workbook().save(held)
    held.seek(0)
    with pytest.raises(Unacceptable):
        sheets.bring_back(bank.owner, held, now=NOW)
    _sheet, out = _out(bank.owner)

    def renamed(page: Any) -> None:
        page["D2"] = "Fame"

    with pytest.raises(Unacceptable, match="Marketing"):
        sheets.bring_back(bank.owner, _edited(out, renamed), now=NOW)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_differences_are_exactly_the_cells_that_were_edited(bank: SmallBank, data: st.DataObject) -> None:
    head = bank.user("branch_head")
    sheet, out = _out(head)
    wanted = {}

    def edit(page: Any) -> None:
        for key in data.draw(st.lists(st.sampled_from(sorted(sheet.values)), unique=True, max_size=5)):
            before = sheet.values[key]["marketing"]
            after = data.draw(st.sampled_from([one for one in ("yes", "no") if one != before]))
            wanted[key] = [before, after]
            _set(key, {"yes": "agrees", "no": "refuses"}[after])(page)

    compared = sheets.bring_back(head, _edited(out, edit), now=NOW)
    assert {key: [before, after] for key, _column, before, after in compared.sheet.edits} == wanted


def test_the_whole_way_through_the_pages(bank: SmallBank, as_user: Any) -> None:
    _bank_says(bank.party_id, True)
    client = as_user(bank.user("branch_head"))
    where = client.post("/audit/sheets/out", {"kind": "consents", "query": "", "reason": "signed forms"})["Location"]
    held = BytesIO(b"".join(client.get(f"{where}file").streaming_content))
    back = _edited(held, _set(bank.party_id, "拒绝"))
    answer = client.post("/audit/sheets/back", {"file": SimpleUploadedFile("back.xlsx", back.getvalue())})
    assert (answer.status_code, answer["Location"]) == (302, where)  # to reload does not send the file again
    page = client.get(where)
    assert bank.party_id in page.content.decode() and 'value="send"' in page.content.decode()
    client.post(f"{where}act", {"act": "send"})
    change = Change.objects.get()
    checker = as_user(bank.user("executive"))
    assert bank.party_id in checker.get(f"/audit/changes/{change.pk}/").content.decode()
    checker.post(f"/audit/changes/{change.pk}/decide", {"act": "approve"})
    sheets.work(change.subject_id, NOW)
    assert 'value="undo"' in client.get(where).content.decode()
    results = load_workbook(BytesIO(b"".join(client.get(f"{where}results").streaming_content))).active
    assert next(cell.value for cell in results[3]) == bank.party_id
    assert as_user(bank.owner).get(where).status_code == 404


def test_what_was_left_out_is_still_told_when_the_page_is_loaded_again(bank: SmallBank, as_user: Any) -> None:
    _bank_says(bank.party_id, True)
    client = as_user(bank.user("branch_head"))
    where = client.post("/audit/sheets/out", {"kind": "consents", "query": "", "reason": "signed forms"})["Location"]
    held = BytesIO(b"".join(client.get(f"{where}file").streaming_content))
    back = _edited(held, _set(bank.party_id, "也许"))
    client.post("/audit/sheets/back", {"file": SimpleUploadedFile("back.xlsx", back.getvalue())})
    for _again in range(2):
        assert "也许" in client.get(where).content.decode()
    other = client.post("/audit/sheets/out", {"kind": "consents", "query": "", "reason": "another"})["Location"]
    assert "也许" not in client.get(other).content.decode()


def test_the_result_file_names_the_cells_that_were_left_out_and_why(bank: SmallBank, as_user: Any) -> None:
    """One edit goes through, one cell was changed at the desk meanwhile, one cannot be meant."""
    head, executive = bank.user("branch_head"), bank.user("executive")
    done, moved, faulty = bank.party_ids[3], bank.party_id, bank.party_ids[1]
    for party_id in (done, moved, faulty):
        _bank_says(party_id, True)
    sheet, out = _out(head)

    def edit(page: Any) -> None:
        _set(done, "refuses")(page)
        _set(moved, "not asked")(page)
        _set(faulty, "也许")(page)

    consents.note_consent(bank.owner, moved, "marketing", False, "phone", now=NOW)
    sheets.bring_back(head, _edited(out, edit), now=NOW)
    change = sheets.send(head, sheet.pk, now=NOW)
    client = as_user(executive)
    client.cookies[desk_settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "1 cell of 1 row" in client.get("/audit/changes/").content.decode()
    changes.approve(executive, change.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)
    held = BytesIO()
    sheets.results_of(head, sheet.pk, held, now=NOW)
    rows = [[cell.value for cell in row] for row in load_workbook(held).active.iter_rows(min_row=3)]
    assert [(row[0], row[4]) for row in rows[:2]] == [(done, "已完成"), (moved, "未采用：期间已在系统中改过")]
    assert rows[2][3] == "也许" and rows[2][4].startswith("未采用：应为")
    # the page tells it no longer, and the session held nothing of it
    page = as_user(head).get(f"/audit/sheets/{sheet.pk}/").content.decode()
    assert "也许" not in page
