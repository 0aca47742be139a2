"""Sharing credit: nobody has a share they did not agree to, nobody decides about their own, the parts sum."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from desk.opportunities.conftest import NOW, TODAY, Opened
from desk.small_bank import SmallBank
from tenure.desk.control.changes import selectors as changes
from tenure.desk.control.changes import services as four_eyes
from tenure.desk.control.errors import Conflict, NotAllowed, NotFound, Unacceptable
from tenure.desk.control.models import AuditEvent, Change
from tenure.desk.opportunities import services as opportunities
from tenure.desk.opportunities.credit import rules, selectors, services
from tenure.desk.opportunities.models import Agreement, Opportunity, Share
from tenure.desk.org.models import User

OWNER, COLLEAGUE, HEAD, STRANGER = "E2011", "E2012", "E2001", "E3011"
ALONE = [("found", OWNER, 100), ("won", OWNER, 100), ("serves", OWNER, 100)]
BOTH = [("found", COLLEAGUE, 100), ("won", OWNER, 60), ("won", COLLEAGUE, 40), ("serves", OWNER, 100)]
MONTH = TODAY.replace(day=1)


@pytest.fixture
def won(bank: SmallBank, opened: Opened) -> Opportunity:
    """500,000 yuan of deposits the owner won today."""
    return opportunities.win(bank.owner, opened().pk, version=1, now=NOW)


def test_shares_are_in_force_when_all_have_agreed_and_not_before(bank: SmallBank, won: Opportunity) -> None:
    made = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    assert made.state == "proposed"
    assert selectors.statement(bank.owner, MONTH, TODAY).lines == []
    assert [a.pk for a, _one in selectors.waiting_for(bank.colleague, TODAY)] == [made.pk]
    agreed = services.answer(bank.colleague, made.pk, True, now=NOW)
    assert (agreed.state, agreed.in_force_from) == ("in_force", TODAY)
    assert selectors.waiting_for(bank.colleague, TODAY) == []


def test_nobody_agrees_by_silence(bank: SmallBank, won: Opportunity) -> None:
    services.propose(bank.owner, won.pk, BOTH, now=NOW)
    year = TODAY + timedelta(days=365)
    assert selectors.statement(bank.colleague, year.replace(day=1), year).lines == []
    assert Agreement.objects.get().state == "proposed"


def test_who_is_alone_agrees_with_themselves_and_the_first_agreement_counts_from_the_win(
    bank: SmallBank, won: Opportunity
) -> None:
    later = NOW + timedelta(days=40)
    assert services.propose(bank.owner, won.pk, ALONE, now=later).state == "in_force"
    day = TODAY + timedelta(days=40)
    lines = selectors.statement(bank.owner, MONTH, day).lines
    after = (MONTH + timedelta(days=32)).replace(day=1)
    assert [line.days for line in lines] == [(after - TODAY).days]
    assert lines[0].credit == lines[0].margin == rules.margin(50_000_000, 16_000, lines[0].days)


def test_the_parts_of_a_margin_sum_to_it(bank: SmallBank, won: Opportunity) -> None:
    made = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    services.answer(bank.colleague, made.pk, True, now=NOW)
    for month_later in range(12):
        month = (MONTH + timedelta(days=31 * month_later)).replace(day=1)
        far = TODAY + timedelta(days=500)
        lines = [selectors.statement(who, month, far).lines for who in (bank.owner, bank.colleague)]
        credits = [line.credit for found in lines for line in found]
        assert len(credits) == 2 and sum(credits) == lines[0][0].margin > 0
        # found 30 % and 40 % of won's 40 % are the colleague's: 46 of a hundred
        assert credits[1] == pytest.approx(lines[0][0].margin * 0.46, abs=1)


def test_what_was_agreed_changes_only_by_a_new_agreement(bank: SmallBank, won: Opportunity) -> None:
    first = services.propose(bank.owner, won.pk, ALONE, now=NOW)
    second = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    first.refresh_from_db()
    assert (first.state, second.state, second.number) == ("in_force", "proposed", 2)
    services.answer(bank.colleague, second.pk, True, now=NOW + timedelta(days=1))
    first.refresh_from_db()
    assert (first.state, first.in_force_until) == ("replaced", TODAY + timedelta(days=1))
    with pytest.raises(Conflict):
        services.answer(bank.colleague, second.pk, False, "changed my mind", now=NOW)
    # Each day is credited once: the first agreement's day, then the second's.
    far = TODAY + timedelta(days=500)
    mine = selectors.statement(bank.owner, MONTH, far).lines
    if TODAY.day < 28:
        assert sorted(line.days for line in mine)[0] == 1
    assert sum(line.days for line in mine) == ((MONTH + timedelta(days=32)).replace(day=1) - TODAY).days


def test_nobody_loses_a_share_without_agreeing_to_it(bank: SmallBank, won: Opportunity) -> None:
    first = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    services.answer(bank.colleague, first.pk, True, now=NOW)
    second = services.propose(bank.owner, won.pk, ALONE, "all mine", now=NOW)
    first.refresh_from_db()
    assert (first.state, second.state) == ("in_force", "proposed")
    assert [a.pk for a, _one in selectors.waiting_for(bank.colleague, TODAY)] == [second.pk]
    shown, _one = selectors.deal(bank.colleague, second.pk, TODAY)
    assert shown.may["answer"] and COLLEAGUE in shown.names
    assert services.answer(bank.colleague, second.pk, False, "I found it", now=NOW).state == "objected"
    services.dispute(bank.colleague, second.pk, "I found it", now=NOW)
    change = Change.objects.get(kind="credit.dispute")
    assert change.content["parties"] == [OWNER, COLLEAGUE]
    four_eyes.reject(bank.user("branch_head"), change.pk, "as agreed", now=NOW)
    first.refresh_from_db()
    assert first.state == "in_force"
    third = services.propose(bank.owner, won.pk, ALONE, "as a favour", now=NOW)
    assert services.answer(bank.colleague, third.pk, True, now=NOW).state == "in_force"
    assert set(selectors.deal(bank.owner, third.pk, TODAY)[0].names) == {OWNER, COLLEAGUE}


def test_who_left_the_bank_holds_no_new_shares_up(bank: SmallBank, won: Opportunity) -> None:
    first = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    services.answer(bank.colleague, first.pk, True, now=NOW)
    User.objects.filter(staff_id=COLLEAGUE).update(is_active=False)
    assert services.propose(bank.owner, won.pk, ALONE, now=NOW).state == "in_force"


@pytest.mark.parametrize(
    "shares",
    [
        ALONE[:2],
        [*ALONE, ("won", COLLEAGUE, 10)],
        [("found", OWNER, 50), ("found", OWNER, 50), *ALONE[1:]],
        [("drank coffee", OWNER, 100), *ALONE],
        [("found", OWNER, 101), ("found", COLLEAGUE, -1), *ALONE[1:]],
        [("found", "E9999", 100), *ALONE[1:]],
        [("found", "", 100), *ALONE[1:]],
        [],
    ],
)
def test_shares_that_are_none_are_refused(bank: SmallBank, won: Opportunity, shares: Any) -> None:
    with pytest.raises(Unacceptable) as no:
        services.propose(bank.owner, won.pk, shares, now=NOW)
    assert no.value.field == "shares"
    assert not Agreement.objects.exists() and not Share.objects.exists()


def test_owner_colleague_and_stranger(bank: SmallBank, won: Opportunity) -> None:
    for other in (bank.colleague, bank.stranger):
        with pytest.raises(NotFound):
            services.propose(other, won.pk, ALONE, now=NOW)
        assert selectors.deals_of(other, won.pk) == []
    with pytest.raises(NotAllowed):  # sees the customer and has nothing to do with the opportunity
        services.propose(bank.user("lobby_manager"), won.pk, ALONE, now=NOW)
    made = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    for act in (
        lambda: services.answer(bank.stranger, made.pk, True, now=NOW),
        lambda: services.dispute(bank.stranger, made.pk, "mine too", now=NOW),
        lambda: services.take_back(bank.stranger, made.pk, now=NOW),
        lambda: selectors.deal(bank.stranger, made.pk, TODAY),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotAllowed):
        services.answer(bank.user("branch_head"), made.pk, True, now=NOW)
    with pytest.raises(NotAllowed):
        services.take_back(bank.colleague, made.pk, now=NOW)


def test_who_is_named_sees_the_title_and_not_the_customer(bank: SmallBank, won: Opportunity) -> None:
    made = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    deal, one = selectors.deal(bank.colleague, made.pk, TODAY)
    assert (one.title, one.name) == ("three-year deposit", "")
    assert deal.may["agree"]
    services.answer(bank.colleague, made.pk, True, now=NOW)
    line = selectors.statement(bank.colleague, MONTH, TODAY).lines[0]
    assert (line.opportunity.name, line.parts) == ("", {"found": 100, "won": 40})
    assert selectors.statement(bank.owner, MONTH, TODAY).lines[0].opportunity.name


def test_an_objection_says_why_and_stops_it_until_it_is_taken_back(bank: SmallBank, won: Opportunity) -> None:
    made = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    with pytest.raises(Unacceptable):
        services.answer(bank.colleague, made.pk, False, now=NOW)
    services.answer(bank.colleague, made.pk, False, "I found and won it", now=NOW)
    made.refresh_from_db()
    assert made.state == "objected"
    services.answer(bank.colleague, made.pk, True, now=NOW)
    made.refresh_from_db()
    assert made.state == "in_force"
    assert AuditEvent.objects.filter(act="credit.object").count() == 1


def test_one_that_was_objected_to_gives_way_to_a_new_proposal(bank: SmallBank, won: Opportunity) -> None:
    made = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    with pytest.raises(Conflict, match="王芳"):
        services.propose(bank.user("branch_head"), won.pk, ALONE, now=NOW)
    services.answer(bank.colleague, made.pk, False, "no", now=NOW)
    counter = [("found", COLLEAGUE, 100), ("won", COLLEAGUE, 100), ("serves", OWNER, 100)]
    second = services.propose(bank.colleague, won.pk, counter, now=NOW)
    made.refresh_from_db()
    assert (made.state, second.state) == ("refused", "proposed")
    assert services.answer(bank.owner, second.pk, True, now=NOW).state == "in_force"


def test_a_double_click_proposes_once(bank: SmallBank, won: Opportunity) -> None:
    first = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    assert services.propose(bank.owner, won.pk, list(reversed(BOTH)), now=NOW).pk == first.pk
    services.take_back(bank.owner, first.pk, now=NOW)
    assert services.take_back(bank.owner, first.pk, now=NOW).state == "refused"
    assert services.propose(bank.owner, won.pk, BOTH, now=NOW).number == 2


def _disputed(bank: SmallBank, won: Opportunity, shares: Any = BOTH) -> tuple[Agreement, Change]:
    made = services.propose(bank.owner, won.pk, shares, now=NOW)
    services.answer(bank.colleague, made.pk, False, "I won it alone", now=NOW)
    services.dispute(bank.owner, made.pk, "she introduced them, I won them", now=NOW)
    made.refresh_from_db()
    return made, Change.objects.get(subject_id=str(made.pk))


def test_a_dispute_goes_to_the_head_above_all_who_decides_with_a_reason(bank: SmallBank, won: Opportunity) -> None:
    made, change = _disputed(bank, won)
    head = bank.user("branch_head")
    assert (made.state, change.org_path) == ("disputed", "/HQ/B1/S1/")
    assert [one.pk for one in changes.to_check(head)] == [change.pk]
    assert changes.to_check(bank.owner) == []
    with pytest.raises(Conflict):
        services.answer(bank.colleague, made.pk, True, now=NOW)
    with pytest.raises(Conflict):
        services.propose(bank.owner, won.pk, ALONE, now=NOW)
    assert selectors.deals_of(bank.owner, won.pk)[0].ruling is None
    four_eyes.approve(head, change.pk, now=NOW)
    made.refresh_from_db()
    assert (made.state, made.in_force_from) == ("in_force", TODAY)


def test_whoever_looks_at_an_opportunity_reads_who_ruled_a_dispute_and_how(
    bank: SmallBank, won: Opportunity, as_user: Callable[[User], Client]
) -> None:
    _made, change = _disputed(bank, won)
    head = bank.user("branch_head")
    four_eyes.reject(head, change.pk, "both have their share already", now=NOW)
    page = as_user(bank.owner).get(f"/opportunities/{won.pk}/").content.decode()
    assert "she introduced them, I won them" in page
    assert re.search(rf"裁定人</dt><dd>{head.name}: .*不予成立.* — both have their share already", page)
    _again, change = _disputed(bank, won)
    four_eyes.approve(head, change.pk, "the introduction counts", now=NOW)
    page = as_user(bank.owner).get(f"/opportunities/{won.pk}/").content.decode()
    assert re.search(rf"裁定人</dt><dd>{head.name}: .*予以成立.* — the introduction counts", page)
    assert '<span class="chip good">已裁定</span>' in page, "nobody is said to have agreed who did not"
    told = as_user(bank.owner).get(f"/api/v1/opportunities/{won.pk}/agreements").json()[0]["ruling"]
    assert (told["holds"], told["by"], told["words"]) == (True, head.username, "the introduction counts")


def test_a_dispute_lost_leaves_what_was_in_force(bank: SmallBank, won: Opportunity) -> None:
    before = services.propose(bank.owner, won.pk, ALONE, now=NOW)
    made, change = _disputed(bank, won)
    with pytest.raises(Unacceptable):
        four_eyes.reject(bank.user("branch_head"), change.pk, "", now=NOW)
    four_eyes.reject(bank.user("branch_head"), change.pk, "both have their share already", now=NOW)
    made.refresh_from_db()
    before.refresh_from_db()
    assert (made.state, before.state, before.in_force_until) == ("refused", "in_force", None)


def test_a_dispute_taken_back_is_an_objection_again(bank: SmallBank, won: Opportunity) -> None:
    made, change = _disputed(bank, won)
    four_eyes.withdraw(bank.owner, change.pk, now=NOW)
    made.refresh_from_db()
    assert made.state == "objected"


def test_nobody_decides_about_shares_of_their_own(bank: SmallBank, won: Opportunity) -> None:
    """A head who is named goes to the branch above; should they get at it all the same, they are refused."""
    shares = [("found", HEAD, 100), ("won", COLLEAGUE, 100), ("serves", OWNER, 100)]
    made, change = _disputed(bank, won, shares)
    head = bank.user("branch_head")
    assert change.org_path == "/HQ/B1/"
    assert changes.to_check(head) == []
    Change.objects.filter(pk=change.pk).update(org_path="/HQ/B1/S1/")
    for act in (four_eyes.approve, four_eyes.reject):
        with pytest.raises(NotAllowed):
            act(head, change.pk, "for me, then", now=NOW)
    made.refresh_from_db()
    assert made.state == "disputed"
    four_eyes.approve(bank.user("executive"), change.pk, now=NOW)
    made.refresh_from_db()
    assert made.state == "in_force"


def test_parties_of_two_branches_go_to_the_branch_above_both(bank: SmallBank, won: Opportunity) -> None:
    shares = [("found", STRANGER, 100), ("won", COLLEAGUE, 100), ("serves", OWNER, 100)]
    _made, change = _disputed(bank, won, shares)
    assert change.org_path == "/HQ/B1/"


def test_a_head_with_no_share_ends_credit_early(bank: SmallBank, won: Opportunity) -> None:
    services.propose(bank.owner, won.pk, ALONE, now=NOW)
    day, head = TODAY + timedelta(days=5), bank.user("branch_head")
    with pytest.raises(NotAllowed):
        services.end_credit(bank.owner, won.pk, day, "handed over", version=2, now=NOW)
    with pytest.raises(Unacceptable):
        services.end_credit(head, won.pk, TODAY - timedelta(days=1), "handed over", version=2, now=NOW)
    with pytest.raises(Conflict):
        services.end_credit(head, won.pk, day, "handed over", version=1, now=NOW)
    services.end_credit(head, won.pk, day, "handed over", version=2, now=NOW)
    far = TODAY + timedelta(days=500)
    months = {(MONTH + timedelta(days=31 * n)).replace(day=1) for n in range(13)}
    assert sum(line.days for m in months for line in selectors.statement(bank.owner, m, far).lines) == 5


def test_a_branchs_statement_is_for_its_head_and_sums_its_people(bank: SmallBank, won: Opportunity) -> None:
    made = services.propose(bank.owner, won.pk, BOTH, now=NOW)
    services.answer(bank.colleague, made.pk, True, now=NOW)
    found = selectors.branch_statement(bank.user("branch_head"), MONTH, "", TODAY)
    assert {person.staff_id for person, _totals, _count in found.people} == {OWNER, COLLEAGUE}
    assert found.totals["CNY"] == rules.margin(50_000_000, 16_000, 1)
    for who in (bank.owner, bank.user("marketer"), bank.user("analyst")):
        with pytest.raises(NotAllowed):
            selectors.branch_statement(who, MONTH, "", TODAY)
    with pytest.raises(NotFound):
        selectors.branch_statement(bank.user("branch_head"), MONTH, "S2", TODAY)
    assert selectors.branch_statement(bank.user("executive"), MONTH, "S2", TODAY).people == []


def test_a_statement_that_does_not_fit_leaves_nothing_out_silently(
    bank: SmallBank, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        one = opportunities.win(bank.owner, opened(title=f"deposit {number}").pk, version=1, now=NOW)
        services.propose(bank.owner, one.pk, ALONE, now=NOW)
    head = bank.user("branch_head")
    assert len(selectors.branch_statement(head, MONTH, "", TODAY).lines) == 2
    for limit, most in (("MOST_AGREEMENTS", 1), ("MOST_PEOPLE", 2)):
        with monkeypatch.context() as patched:
            patched.setattr(selectors, limit, most)
            found = selectors.branch_statement(head, MONTH, "", TODAY)
            assert found.too_many and not found.lines


def test_what_was_lost_gives_no_credit_and_takes_no_shares(bank: SmallBank, opened: Opened) -> None:
    one = opened()
    services.propose(bank.owner, one.pk, ALONE, now=NOW)
    opportunities.lose(bank.owner, one.pk, "price", version=1, now=NOW)
    assert selectors.statement(bank.owner, MONTH, TODAY).lines == []
    with pytest.raises(Conflict):
        services.propose(bank.owner, one.pk, BOTH, now=NOW)


def test_a_month_before_the_win_has_no_credit(bank: SmallBank, won: Opportunity) -> None:
    services.propose(bank.owner, won.pk, ALONE, now=NOW)
    before = (MONTH - dt.timedelta(days=1)).replace(day=1)
    assert selectors.statement(bank.owner, before, TODAY).lines == []
