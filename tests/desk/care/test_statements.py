"""A statement says what the customer holds and nothing the bank thinks of them, and a reprint says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from desk.care.conftest import NOW
from desk.small_bank import SmallBank
from tenure.desk.care import rules, services, statements
from tenure.desk.care.models import Statement
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent
from tenure.desk.org.models import User
from tenure.desk.parties.models import Customer, Holding

AsUser = Callable[[User], Client]
ADVICE = "活期偏多，建议留足三个月开支，其余转为定期。"


def issue(user: User, party_id: str, key: UUID | None = None, advice: str = ADVICE) -> Statement:
    return services.issue_statement(user, party_id, "quarter", "zh-hans", advice, key or uuid4(), now=NOW)


def test_the_period_is_whole_months_back_and_the_open_one_to_date() -> None:
    as_of = date(2026, 2, 20)
    assert rules.span_of(as_of, "month") == (date(2026, 2, 1), as_of)
    assert rules.span_of(as_of, "quarter") == (date(2025, 12, 1), as_of)
    assert rules.span_of(as_of, "year") == (date(2025, 3, 1), as_of)


def test_it_says_what_is_held_then_and_now(bank: SmallBank) -> None:
    content = issue(bank.owner, bank.party_id).content
    held = Holding.rows().filter(party_id=bank.party_id)
    assert sum(len(group["rows"]) for group in content["groups"]) == len(held)
    row = Customer.rows().get(party_id=bank.party_id)
    then, now = content["values"]["assets"]
    # The curve's list ends in May; three months before June's figure is that of March.
    assert now == row.aum_month_average
    assert then == now - 3 * now // 100
    assert content["values"]["paid_in"] > 0


def test_account_numbers_are_masked_and_nothing_internal_is_told(bank: SmallBank) -> None:
    text = json.dumps(issue(bank.owner, bank.party_id).content)
    for one in Holding.rows().filter(party_id=bank.party_id):
        assert one.account_id not in text
    for word in ("score", "priority", "leaving", "value_at_stake", "risk", "phone", "certificate", "main_bank"):
        assert word not in text


def test_a_reprint_says_the_same_when_the_figures_have_changed(bank: SmallBank, as_user: AsUser) -> None:
    issued = issue(bank.owner, bank.party_id)
    client = as_user(bank.owner)
    before = client.get(f"/care/statements/{issued.pk}").content.decode().split("<article")[1].split("</article")[0]
    Holding.rows().filter(party_id=bank.party_id).update(balance=1)
    Customer.rows().filter(party_id=bank.party_id).update(aum_month_average=1)
    after = client.get(f"/care/statements/{issued.pk}").content.decode().split("<article")[1].split("</article")[0]
    assert before == after and ADVICE in after


def test_it_is_in_the_customers_language_whatever_the_readers_is(bank: SmallBank, as_user: AsUser) -> None:
    issued = services.issue_statement(
        bank.owner, bank.party_id, "year", "en", "Keep three months of spending at hand.", uuid4(), now=NOW
    )
    page = as_user(bank.owner).get(f"/care/statements/{issued.pk}").content.decode()
    assert "Statement of your holdings" in page and '<html lang="zh-Hans">' in page


def test_the_same_form_issues_one_statement(bank: SmallBank) -> None:
    key = uuid4()
    assert issue(bank.owner, bank.party_id, key) == issue(bank.owner, bank.party_id, key)
    assert Statement.objects.count() == 1 == AuditEvent.objects.filter(act="statement.issue").count()
    with pytest.raises(Conflict):
        issue(bank.owner, bank.party_id, key, advice="something else altogether")


def test_advice_is_required_and_what_was_typed_is_kept(bank: SmallBank, as_user: AsUser) -> None:
    with pytest.raises(Unacceptable, match="10"):
        issue(bank.owner, bank.party_id, advice="short")
    page = as_user(bank.owner).post(f"/care/statement/{bank.party_id}", {"advice": "too few", "span": "year"})
    assert page.status_code == 422 and "too few" in page.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.create(
            form_key=uuid4(), party_id="C1", span="month", first_on="2026-06-01", last_on="2026-06-30",
            language="en", advice="", content={}, issued_by=bank.owner, issued_at=NOW,
        )  # fmt: skip


def test_issued_from_the_form_it_is_shown_and_listed_on_the_customers_page(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    answer = client.post(
        f"/care/statement/{bank.party_id}",
        {"advice": ADVICE, "span": "month", "language": "zh-hans", "form_key": str(uuid4())},
    )
    number = Statement.objects.get().pk
    assert answer.headers["Location"] == f"/care/statements/{number}"
    assert str(number) in client.get(f"/care/customer/{bank.party_id}").content.decode()


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_others_neither_issue_nor_read_it(bank: SmallBank, as_user: AsUser, who: str) -> None:
    issued = issue(bank.owner, bank.party_id)
    user = getattr(bank, who)
    with pytest.raises(NotFound):
        issue(user, bank.party_id)
    assert statements.statement(user, issued.pk) is None
    assert as_user(user).get(f"/care/statements/{issued.pk}").status_code == 404
    with pytest.raises(NotAllowed):
        issue(bank.user("executive"), bank.party_id)


def test_other_figures_keep_the_advice_out_of_the_address(bank: SmallBank, as_user: AsUser) -> None:
    client = as_user(bank.owner)
    where = f"/care/statement/{bank.party_id}"
    asked = {"act": "figures", "advice": "分三期存，利率更高，也随时可取", "span": "year", "language": "en"}
    answer = client.post(where, asked)
    assert (answer.status_code, answer["Location"]) == (302, f"{where}?span=year&language=en")
    for _again in range(2):
        assert "分三期存，利率更高，也随时可取" in client.get(answer["Location"]).content.decode()
    assert not Statement.objects.exists()
    client.post(where, {**asked, "act": ""})
    assert Statement.objects.get().advice == "分三期存，利率更高，也随时可取"
    assert "分三期存" not in client.get(where).content.decode().split("<article")[0]
