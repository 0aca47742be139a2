"""A branch arranged anew in Excel: checked by another, applied cell by cell by the same services, and taken back."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from desk.small_bank import SmallBank
from desk.team.conftest import NOW
from tenure.desk.control.changes import services as changes
from tenure.desk.control.errors import Unacceptable
from tenure.desk.control.sheets import services as sheets
from tenure.desk.parties.models import Coverage, Customer
from tenure.desk.parties.visibility import visible_to


def test_leads_and_supports_are_assigned_by_workbook_and_taken_back(bank: SmallBank) -> None:
    head, number = bank.user("branch_head"), bank.party_id
    other = Customer.rows().filter(lead_staff_id="E2011").exclude(party_id=number).first().party_id
    sheet = sheets.take_out(head, "coverage", {}, "the branch is arranged anew", now=NOW, language="en")
    out = BytesIO()
    sheets.file_of(head, sheet.pk, out, now=NOW)
    book = load_workbook(BytesIO(out.getvalue()))
    page = book.active
    row = {cell.value: cell.row for cell in page["A"]}
    page[f"D{row[number]}"], page[f"E{row[number]}"] = "E2012", "E2011"
    page[f"D{row[other]}"] = "E3011"  # of another branch
    edited = BytesIO()
    book.save(edited)
    edited.seek(0)
    compared = sheets.bring_back(head, edited, now=NOW)
    assert len(compared.sheet.edits) == 3 and not compared.faults
    change = sheets.send(head, sheet.pk, now=NOW)
    changes.approve(bank.user("executive"), change.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)
    sheet.refresh_from_db()
    assert [bool(one[4]) for one in sheet.results if one[0] == other] == [True]
    assert Customer.rows().get(party_id=number).lead_staff_id == "E2012"
    assert Coverage.rows().get(party_id=number, staff_id="E2011").role == "support"
    assert visible_to(bank.colleague).filter(party_id=number).exists()
    sheets.undo(head, sheet.pk, now=NOW)
    sheets.work(str(sheet.pk), NOW)
    assert Customer.rows().get(party_id=number).lead_staff_id == "E2011"
    assert not visible_to(bank.colleague).filter(party_id=number).exists()


def test_who_heads_no_branch_takes_no_leads_out(bank: SmallBank) -> None:
    with pytest.raises(Unacceptable):
        sheets.take_out(bank.owner, "coverage", {}, "mine anew", now=NOW)
